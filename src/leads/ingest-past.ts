import type { Actor } from '../domain/journey/inputs.js';
import { hasEnded } from '../domain/journey/journey.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import type { Instant } from '../domain/time.js';
import { PRIORITY } from '../outbox/jobs.js';
import { applyInput, type Applied } from './apply-input.js';
import { save } from './apply-next.js';
import { JournalConflict, type ApplyTransaction } from './apply-transaction.js';
import type { LeadPast } from './ingest.types.js';
import type { LockedLead } from './lead-store.js';

/**
 * Writes what a captured lead was elsewhere, lets its journey go on from now, and has the workflow of one that is
 * open started when the past says.
 */
export async function recordPast(
  tx: ApplyTransaction,
  captured: LockedLead,
  { steps, resumed, startAt }: LeadPast,
  policy: Policy,
  actor: Actor,
  now: Instant,
): Promise<void> {
  const common = { actor, personal: null };
  let applied: Applied = { lead: captured, row: null, refusal: null };
  for (const { id, occurred, body } of steps) {
    applied = await applyInput(
      tx,
      applied.lead,
      { ...common, kind: 'history_recorded', id, occurred, body },
      now,
    );
  }
  const { id, body } = resumed;
  applied = await applyInput(
    tx,
    applied.lead,
    { ...common, kind: 'journey_resumed', id, occurred: null, body },
    now,
  );
  const { journey } = applied.lead;
  if (journey.past?.resumedAt == null)
    throw new JournalConflict(`lead ${journey.lead}: its past was not taken`);
  save(tx, applied, policy, Math.max(journey.at, now));
  if (hasEnded(journey)) return;
  const payload = { leadId: journey.lead, bell: 'score' } as const;
  tx.jobs.push({ name: 'ring', payload, runAt: startAt, priority: PRIORITY.start });
}
