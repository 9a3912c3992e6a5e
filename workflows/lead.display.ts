import { type SearchAttributeUpdatePair } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { LeadAttributes } from '../src/domain/journey/apply.types.js';
import { leadSearchAttributes as keys } from './lead.messages.js';

/** Upserts what differs from what was shown before, in one event; in none when nothing differs. */
export function showAttributes(next: LeadAttributes, shown: LeadAttributes | null): void {
  const changed: SearchAttributeUpdatePair[] = [];
  for (const name of ['stage', 'owner', 'pool', 'policy'] as const) {
    if (next[name] !== (shown?.[name] ?? null)) changed.push({ key: keys[name], value: next[name] });
  }
  if (next.due !== (shown?.due ?? null)) {
    changed.push({ key: keys.due, value: next.due === null ? null : new Date(next.due) });
  }
  if (changed.length > 0) upsertSearchAttributes(changed);
}

/** Says in the Temporal UI where the lead stands and how it got there. Costs no event. */
export function showDetails(seq: number, summary: string, { stage, owner, pool, due }: LeadAttributes): void {
  const parts = [
    `**${stage}** (row ${seq})`,
    ...(owner === null ? [] : [`owner ${owner}`]),
    ...(pool === null ? [] : [`pool ${pool}`]),
    ...(due === null ? [] : [`due ${new Date(due).toISOString()}`]),
  ];
  setCurrentDetails(`${parts.join(', ')}\n\n${summary}`);
}
