import { holds } from '../scoring/condition.js';
import { lookup } from '../scoring/lookup.js';
import type { Policy, TriggerPolicy } from '../policy/policy.schema.js';
import type { Draft } from './draft.js';
import type { Lane } from './journey.js';

/** What decides how a lead is handed over: the raised hand that came, fit alone, or its score. */
export function laneOf(d: Draft): Lane {
  return d.input.kind === 'hand_raised' ? (d.input.body.trigger ?? 'hand_raiser') : 'standard';
}

export const triggerOf = ({ triggers = [] }: Policy, id: string | null): TriggerPolicy | null =>
  triggers.find((trigger) => trigger.id === id) ?? null;

/** The trigger that an event sets off, the policy's first; null: none. */
export const triggerFor = (
  { triggers = [] }: Policy,
  { kind, properties }: { readonly kind: string; readonly properties: Readonly<Record<string, unknown>> },
): TriggerPolicy | null =>
  triggers.find(
    ({ event, where }) =>
      event === kind &&
      Object.entries(where ?? {}).every(([property, when]) => holds(when, lookup(properties, property))),
  ) ?? null;

/** Pool and mode of a first hand-off in a lane. */
export function wayOf(
  { handOffs, triggers = [] }: Policy,
  lane: Lane,
): { readonly pool: string; readonly mode: 'offer' | 'assign' } {
  const { pool, mode, handRaiserMode = mode } = handOffs.sdr;
  if (lane === 'standard') return { pool, mode };
  if (lane === 'fit') return { pool: handOffs.fitOnly?.pool ?? pool, mode: handOffs.fitOnly?.mode ?? mode };
  const trigger = triggers.find(({ id }) => id === lane);
  return { pool: trigger?.pool ?? pool, mode: trigger?.mode ?? handRaiserMode };
}
