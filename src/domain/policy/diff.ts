import { create, type Delta } from 'jsondiffpatch';
import { canonical, type Json } from '../canonical.js';
import { pointer } from './fault.js';
import type { Policy } from './policy.schema.js';

/** One difference between two policies. Paths are JSON Pointers. */
export type Change =
  | { readonly op: 'added'; readonly path: string; readonly value: Json }
  | { readonly op: 'removed'; /** In the old policy. */ readonly path: string; readonly old: Json }
  | { readonly op: 'changed'; readonly path: string; readonly old: Json; readonly value: Json }
  | { readonly op: 'moved'; readonly path: string; /** In the old policy. */ readonly from: string };

/** What an object in a list is recognised by: its id, the place of a clock's step, or else all that it is. */
function mark(item: object): string {
  if ('id' in item && typeof item.id === 'string') return `id ${item.id}`;
  if ('at' in item && typeof item.at === 'number') return `at ${item.at}`;
  return canonical(item);
}

const differ = create({ objectHash: mark, arrays: { detectMove: true }, cloneDiffValues: false });

/**
 * Everything in which `next` differs from `old`; empty when they say the same.
 * Objects in a list are matched by their ids, wherever they stand. Paths are those of `next`, except for what is
 * not in it any more.
 */
export function policyDiff(old: Policy, next: Policy): readonly Change[] {
  const [before, after] = [plain(old), plain(next)];
  return changes(differ.diff(before, after), { value: before, place: [] }, { value: after, place: [] });
}

/** The first step of a change's path: the section of the policy that it is in. */
export const sectionOf = ({ path }: Change): string => path.split('/')[1] ?? '';

/** One line for a person. */
export function changeLine(change: Change): string {
  switch (change.op) {
    case 'added':
      return `${change.path} added: ${canonical(change.value)}`;
    case 'removed':
      return `${change.path} removed, was: ${canonical(change.old)}`;
    case 'changed':
      return `${change.path} from ${canonical(change.old)} to ${canonical(change.value)}`;
    case 'moved':
      return `${change.path} moved from ${change.from}`;
  }
}

/** Without members that are undefined: these say nothing. */
const plain = (policy: Policy): unknown => JSON.parse(canonical(policy));

/** A value and where it stands in its policy. */
interface Spot {
  readonly value: unknown;
  readonly place: readonly (string | number)[];
}

/** The library's notation (https://github.com/benjamine/jsondiffpatch, "Delta format") as a list of changes. */
function changes(delta: Delta, old: Spot, next: Spot): readonly Change[] {
  if (delta === undefined) return [];
  if (Array.isArray(delta)) return [wholeChange(delta, old, next)];
  return Object.entries(delta)
    .filter(([key]) => key !== '_t')
    .flatMap(([key, inner]) => {
      if (!('_t' in delta)) return changes(inner as Delta, within(old, key), within(next, key));
      // `_3`: what stood at 3 in the old list; `3`: what stands there now.
      if (!key.startsWith('_'))
        return changes(inner as Delta, counterpart(old, next, Number(key)), within(next, Number(key)));
      const gone = within(old, Number(key.slice(1)));
      const [, to, kind] = inner as readonly unknown[];
      if (kind !== MOVED) return [wholeChange(inner as readonly unknown[], gone, gone)];
      return [
        { op: 'moved' as const, path: pointer(within(next, Number(to)).place), from: pointer(gone.place) },
      ];
    });
}

const MOVED = 3;

const within = ({ value, place }: Spot, key: string | number): Spot => ({
  value: (value as Readonly<Record<string | number, unknown>> | undefined)?.[key],
  place: [...place, key],
});

/** Where an object of the new list stood in the old one. */
function counterpart(old: Spot, next: Spot, index: number): Spot {
  const item = within(next, index).value;
  const list = old.value;
  if (!Array.isArray(list) || typeof item !== 'object' || item === null) return within(old, index);
  const at = list.findIndex(
    (other: unknown) => typeof other === 'object' && other !== null && mark(other) === mark(item),
  );
  return within(old, at < 0 ? index : at);
}

/** A delta of a whole value: `[new]`, `[old, new]` or `[old, 0, 0]`. */
function wholeChange(delta: readonly unknown[], old: Spot, next: Spot): Change {
  // Both sides were parsed from JSON.
  const [first, second] = delta as readonly [Json, Json];
  if (delta.length === 1) return { op: 'added', path: pointer(next.place), value: first };
  if (delta.length === 2) return { op: 'changed', path: pointer(next.place), old: first, value: second };
  return { op: 'removed', path: pointer(old.place), old: first };
}
