import type { Task } from 'graphile-worker';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { Clock } from '../clock.js';
import { TRACK_ENROLMENT } from '../db/tables.js';
import { inTransaction } from '../db/transaction.js';
import type { Journey } from '../domain/journey/journey.js';
import { actsOf } from '../domain/playbooks/acts.js';
import { placeOf } from '../domain/playbooks/places.js';
import { nextStepAt, stepAfter } from '../domain/playbooks/steps.js';
import type { Instant } from '../domain/time.js';
import type { JournalKey } from '../journal/chain.js';
import { type ApplyTransaction, withWrites } from '../leads/apply-transaction.js';
import { lockLead } from '../leads/lead-store.js';
import type { PolicyStore } from '../policies/policy-store.js';
import { stopPoint } from '../stop-point.js';
import { carryOut } from './carry-out.js';
import { readEnrolment } from './enrolment-store.js';
import { type EnrolmentKey, stepJob } from './step-job.js';

export interface StepDeps {
  readonly dataSource: DataSource;
  readonly policies: PolicyStore;
  readonly journalKey: JournalKey;
  readonly clock: Clock;
}

const payloadSchema = z.object({ leadId: z.string(), track: z.string(), seq: z.number() });

/**
 * Carries out the next step of a track. The step, the count of steps and the job for the next one are one transaction
 * under the lead's lock: a step happens once, however often its job runs, and none after the lead has left. The
 * journey is not touched and its workflow not rung.
 */
export const createStepTask =
  (deps: StepDeps): Task =>
  async (payload) => {
    const key = payloadSchema.parse(payload);
    const now = deps.clock.now();
    await inTransaction(deps.dataSource, (manager) =>
      withWrites(deps, manager, (tx) => runStep(tx, key, now)),
    );
    stopPoint(`stepped.${key.leadId}.${key.track}`);
  };

async function runStep(tx: ApplyTransaction, key: EnrolmentKey, now: Instant): Promise<void> {
  const { leadId, track: id, seq } = key;
  const lead = await lockLead(tx.manager, leadId);
  const enrolment = await readEnrolment(tx.manager, key);
  if (lead === null || enrolment === null || enrolment.nextAt === null) return;
  const { policy, done, nextAt } = enrolment;
  if (nextAt > now) {
    tx.jobs.push(stepJob(key, nextAt));
    return;
  }
  const track = (await tx.policies.byHash(tx.manager, policy)).tracks?.find((one) => one.id === id);
  const step = track === undefined ? null : stepAfter(track, done);
  if (track === undefined || step === null) throw new Error(`lead ${leadId}: there is no step ${done + 1}`);

  // We wrote it: the text is a journey.
  const journey = JSON.parse(lead.state) as Journey;
  const acts = actsOf(step.do, track.on.stage, journey, { stage: placeOf(journey) }, now);
  for (const [n, act] of acts.entries()) {
    const part = `${id}.${done + 1}.${n}`;
    carryOut(tx.writes, act, { kind: 'track', id, seq, i: 0, part, step: done + 1 }, journey, now);
  }
  const next = nextStepAt(track, done + 1, now);
  tx.writes.change(TRACK_ENROLMENT, { lead_id: leadId, track: id, seq, done: done + 1, next_at: next });
  if (next !== null) tx.jobs.push(stepJob(key, next));
}
