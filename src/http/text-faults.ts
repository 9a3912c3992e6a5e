import { pointer } from '../domain/policy/fault.js';
import type { Fault } from '../faults.js';

/** Deeper than any document we take, and shallow enough for every recursive reader behind us. */
const MAX_DEPTH = 32;
/** More faults than anybody reads; the rest of a hostile body is not walked. */
const MAX_FAULTS = 100;

/** What PostgreSQL and UTF-8 cannot hold: NUL bytes and halves of surrogate pairs. */
export function textFault(text: string): string | null {
  if (text.includes('\0')) return 'must not contain a NUL character';
  if (!text.isWellFormed()) return 'must be well-formed Unicode (it holds half of a surrogate pair)';
  return null;
}

/**
 * Faults that no schema looks for, anywhere in a parsed JSON value, also in keys. Keeps its own stack, so
 * that depth cannot exhaust ours.
 */
export function textFaults(value: unknown): readonly Fault[] {
  const faults: Fault[] = [];
  const stack: { value: unknown; path: readonly string[] }[] = [{ value, path: [] }];
  for (let top = stack.pop(); top !== undefined && faults.length < MAX_FAULTS; top = stack.pop()) {
    const { value: current, path } = top;
    if (typeof current === 'string') {
      const fault = textFault(current);
      if (fault !== null) faults.push({ path: pointer(path), message: fault });
    }
    if (typeof current !== 'object' || current === null) continue;
    if (path.length >= MAX_DEPTH) {
      return [
        { path: pointer(path.slice(0, 3)), message: `must not be nested deeper than ${MAX_DEPTH} levels` },
      ];
    }
    for (const [key, member] of Object.entries(current).reverse()) {
      const fault = key === '__proto__' ? 'is not an allowed property' : textFault(key);
      if (fault === null) stack.push({ value: member, path: [...path, key] });
      else
        faults.push({
          path: pointer([...path, key.toWellFormed().replaceAll('\0', '\uFFFD')]),
          message: fault,
        });
    }
  }
  return faults;
}
