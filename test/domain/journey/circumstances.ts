import type { Policy } from '../../../src/domain/policy/policy.schema.js';
import { DAY } from '../../../src/domain/time.js';
import type { Run } from './run.js';

/** What may be special about a run before an input comes: its policy, its reps, its past. */

export const withPolicy = (change: (policy: Policy) => Policy) => (run: Run) => {
  Object.assign(run, { policy: change(run.policy) });
};
export const withoutAe = withPolicy((policy) => {
  const { ae: _, ...handOffs } = policy.handOffs;
  return { ...policy, handOffs };
});
export const aeAssigned = withPolicy((policy) => ({
  ...policy,
  handOffs: { ...policy.handOffs, ae: { pool: 'ae', mode: 'assign', attempts: 2 } },
}));
export const withTrigger = withPolicy((policy) => ({
  ...policy,
  triggers: [{ id: 'trial', event: 'trial', bypasses: [] }],
}));
export const fitAlone = withPolicy((policy) => ({
  ...policy,
  scoring: { ...policy.scoring, thresholds: { ...policy.scoring.thresholds, fitOnly: 85, sql: 55 } },
}));
export const byHandOnly = withPolicy((policy) => ({
  ...policy,
  handOffs: { ...policy.handOffs, sdr: { ...policy.handOffs.sdr, automatic: false } },
}));
export const nobodyFree = (run: Run): void => {
  run.pools = { sdr: [], vip: [], ae: [] };
};
export const recycledTwice = (run: Run): void => {
  run.journey = { ...run.journey, recycles: 2 };
};
export const cooledOff = (run: Run): void => {
  const deadlines = run.journey.deadlines.filter(({ clock }) => clock !== 'cool_off');
  run.journey = { ...run.journey, deadlines, coolOffUntil: null };
};
export const nobodyAccepted = (run: Run): void => {
  const { review } = run.journey;
  if (review !== null) run.journey = { ...run.journey, review: { ...review, reason: 'nobody_accepted' } };
};
export const silentFor = (run: Run): void => {
  run.score = { ...run.score, lastEventAt: run.at - 100 * DAY };
};
export const noAttemptsLeft = (run: Run): void => {
  const { handOff, accepted } = run.journey;
  if (handOff !== null) run.journey = { ...run.journey, handOff: { ...handOff, attempt: 99 } };
  if (accepted !== null) run.journey = { ...run.journey, accepted: { ...accepted, attempt: 99 } };
};

export const both =
  (one: (run: Run) => void, other: (run: Run) => void) =>
  (run: Run): void => {
    one(run);
    other(run);
  };

/** A migration to the policy that the run follows already, and to another one. */
export const CURRENT = { migration: 'pm_1', to: 'policy-1' };
export const OTHER = { migration: 'pm_2', to: 'policy-2' };
export const waitingFor =
  (pendingPolicy: Run['journey']['pendingPolicy']) =>
  (run: Run): void => {
    run.journey = { ...run.journey, pendingPolicy };
  };
/** The clocks that run have been running for longer than the policy gives them. */
export const overdueAlready = (run: Run): void => {
  const deadlines = run.journey.deadlines.map((deadline) => ({
    ...deadline,
    startedAt: run.at - 900 * DAY,
    due: run.at + DAY,
  }));
  run.journey = { ...run.journey, deadlines };
};
