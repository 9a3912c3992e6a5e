import { randomUUID } from 'node:crypto';
import type { Actor, FactBodies } from '../domain/journey/inputs.js';
import { triggerFor } from '../domain/journey/lane.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import { holds } from '../domain/scoring/condition.js';
import { lookup } from '../domain/scoring/lookup.js';
import type { Instant } from '../domain/time.js';
import type { StoredEvent } from './event-store.js';
import type { NewFact } from './inbox-store.js';
import type { FieldValue } from './ingest.types.js';

type Fields = Readonly<Record<string, FieldValue>>;

/** Event kinds that are facts of the journey by themselves. */
const MEETINGS = ['meeting_booked', 'meeting_held', 'meeting_no_show', 'meeting_rescheduled'] as const;

/** The policy's disqualifiers that these fields fulfil, in its order. */
export const disqualifiersOf = (policy: Policy, fields: Fields): Policy['disqualifiers'] =>
  policy.disqualifiers.filter(({ field, when }) => holds(when, lookup(fields, field)));

export interface FactSource {
  readonly leadId: string;
  readonly policy: Policy;
  readonly actor: Actor;
  /** Fields before and after this batch. */
  readonly before: Fields;
  readonly after: Fields;
  readonly events: readonly StoredEvent[];
  readonly now: Instant;
}

/** What the journey must hear of new events and fields, in the order in which it happened. */
export function factsOf(source: FactSource): readonly NewFact[] {
  const { policy, before, after, events } = source;
  const facts = [...events]
    .sort((a, b) => a.occurredAt - b.occurredAt)
    .flatMap((event) => factOfEvent(source, event) ?? []);
  // A raised hand carries its disqualifier; no need to say it twice.
  if (facts.some(({ kind }) => kind === 'hand_raised')) return facts;
  const known = new Set(disqualifiersOf(policy, before).map(({ id }) => id));
  const found = disqualifiersOf(policy, after).find(({ id }) => !known.has(id));
  if (found === undefined) return facts;
  const body: FactBodies['disqualifier_found'] = { reason: found.reason };
  const inputId = `disqualifier:${found.id}:${randomUUID()}`;
  return [{ ...common(source), inputId, kind: 'disqualifier_found', body, occurred: null }, ...facts];
}

const common = ({ leadId, actor, now }: FactSource) => ({ leadId, actor, receivedAt: now });

function factOfEvent(source: FactSource, event: StoredEvent): NewFact | null {
  const { policy, after } = source;
  const base = { ...common(source), inputId: `event:${event.eventId}`, occurred: event.occurredAt };
  const trigger = policy.handRaisers.includes(event.kind) ? null : triggerFor(policy, event);
  if (policy.handRaisers.includes(event.kind) || trigger !== null) {
    const disqualifier = disqualifiersOf(policy, after)[0]?.reason ?? null;
    const actor: Actor = { kind: 'lead', id: null, onBehalfOf: null };
    return {
      ...base,
      actor,
      kind: 'hand_raised',
      body: { event: event.eventId, disqualifier, trigger: trigger?.id ?? null },
    };
  }
  const meeting = MEETINGS.find((kind) => kind === event.kind);
  if (meeting !== undefined) return { ...base, kind: meeting, body: {} };
  if (event.kind !== 'sales_activity') return null;
  const { channel } = event.properties;
  return { ...base, kind: 'sales_activity', body: { channel: isCode(channel) ? channel : null } };
}

/** The journal holds codes, no free text. */
const isCode = (value: FieldValue | undefined): value is string =>
  typeof value === 'string' && /^[a-z][a-z0-9_-]{0,63}$/.test(value);
