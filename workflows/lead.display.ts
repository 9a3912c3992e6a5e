import { type SearchAttributeUpdatePair } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { ApplyResult, LeadAttributes } from '../src/domain/journey/apply.types.js';
import type { Instant } from '../src/domain/time.js';
import { leadSearchAttributes as keys, type ShownAttributes } from './lead.messages.js';

/** Of a lead that `apply` has told nothing about yet. */
export const UNKNOWN: LeadAttributes = { stage: 'unknown', owner: null, pool: null, policy: '', due: null };

/** Upserts what differs from what was shown before, in one event; in none when nothing differs. */
export function showAttributes(next: ShownAttributes, shown: ShownAttributes | null): void {
  const changed: SearchAttributeUpdatePair[] = [];
  for (const name of ['stage', 'owner', 'pool', 'policy', 'trouble'] as const) {
    if (next[name] !== (shown?.[name] ?? null)) changed.push({ key: keys[name], value: next[name] });
  }
  if (next.due !== (shown?.due ?? null)) {
    changed.push({ key: keys.due, value: next.due === null ? null : new Date(next.due) });
  }
  if (changed.length > 0) upsertSearchAttributes(changed);
}

/** The newest rows of the journal in a few words each, newest first. */
export class Story {
  static readonly #LENGTH = 5;
  #seq: number;
  #lines: readonly string[];

  constructor(lines: readonly string[], seq: number) {
    this.#lines = lines;
    this.#seq = seq;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Notes what an `apply` has written; a look that came to nothing wrote no row. */
  note({ seq, summary }: ApplyResult): void {
    if (seq <= this.#seq) return;
    this.#seq = seq;
    this.#lines = [`row ${seq}: ${summary}`, ...this.#lines].slice(0, Story.#LENGTH);
  }
}

/** Says in the Temporal UI where the lead stands, what comes next and how it got there. Costs no event. */
export function showDetails(
  { stage, owner, pool, trouble }: ShownAttributes,
  wake: { readonly at: Instant | null; readonly for: string | null },
  story: Story,
): void {
  const stands = [
    `**${stage}**`,
    ...(owner === null ? [] : [`with ${owner}`]),
    ...(pool === null ? [] : [`pool ${pool}`]),
  ];
  const next =
    wake.at === null ? 'nothing by itself' : `${wake.for ?? 'a look'} at ${new Date(wake.at).toISOString()}`;
  setCurrentDetails(
    [
      stands.join(', '),
      ...(trouble === null ? [] : [`**Needs a person: ${trouble}.**`]),
      `Next: ${next}`,
      story.lines.map((line) => `- ${line}`).join('\n'),
    ].join('\n\n'),
  );
}
