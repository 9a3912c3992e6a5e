import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '../clock.js';
import { instantParam } from '../db/column-types.js';
import { answersOf } from '../domain/qualification/criteria.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import { fieldRules, standingEntries } from '../domain/scoring/awards.js';
import { foldLedger } from '../domain/scoring/fold.js';
import { type Lift, liftEvents, liftOf, liftSteps } from '../domain/scoring/lift.js';
import { readScore } from '../domain/scoring/read.js';
import { type Reasons, reasonsOf } from '../domain/scoring/reasons.js';
import type { ScoreEntry, ScoreReading } from '../domain/scoring/score.js';
import { windowNeeds } from '../domain/scoring/windows.js';
import type { Instant } from '../domain/time.js';
import { NotFound } from '../faults.js';
import type { PolicyStore } from '../policies/policy-store.js';
import { leadIdOf } from './lead-queries.js';
import { readLeads } from './lead-store.js';
import { fieldsOf, readPeople } from './profile-store.js';
import { readLedgers } from './score-store.js';
import { readWindows } from './window-store.js';

/** Which entries count: those that were recorded by then, or those of what had happened by then. */
export type ScoreAs = 'known' | 'occurred';

export interface ScoreQuestion {
  /** Null: now. Later than now: as it will be if nothing happens. */
  readonly at: Instant | null;
  readonly as: ScoreAs;
  /** Entries with a number below it; null: from the newest. */
  readonly before: number | null;
  readonly limit: number;
}

export interface ScoreAnswer {
  readonly at: Instant;
  /** Hash of the policy that the journey followed then; of what happened by then, the one that it follows now. */
  readonly policy: string;
  readonly reading: ScoreReading;
  /** A page of those that count, newest first. */
  readonly entries: readonly ScoreEntry[];
  readonly reasons: Reasons;
  /** Null for another instant than now, or where there is nothing that lifts. */
  readonly lift: Lift | null;
}

const MOST_REASONS = 5;

export type ScoreQueries = ReturnType<typeof createScoreQueries>;

export function createScoreQueries(deps: { dataSource: DataSource; clock: Clock; policies: PolicyStore }) {
  const { manager } = deps.dataSource;
  return {
    /** A lead's score at an instant: it is what the entries that count give under the policy. */
    async score(ref: string, { at: asked, as, before, limit }: ScoreQuestion): Promise<ScoreAnswer> {
      const id = await leadIdOf(manager, ref);
      const at = asked ?? deps.clock.now();
      const policy = await policyAt(manager, id, as === 'known' ? at : null);
      const agreed = await deps.policies.byHash(manager, policy);
      const { scoring } = agreed;
      const ledger = (await readLedgers(manager, [id])).get(id) ?? [];
      const counted = ledger.filter(({ recorded, occurred }) => (as === 'known' ? recorded : occurred) <= at);
      const page = counted.filter(({ n }) => before === null || n < before).reverse();
      return {
        at,
        policy,
        reading: readScore(foldLedger(counted, scoring), at, scoring),
        entries: page.slice(0, limit),
        reasons: reasonsOf(counted, at, scoring, MOST_REASONS),
        lift: asked === null ? await findLift(manager, id, agreed, ledger, at) : null,
      };
    },
  };
}

/** The policy that the journey followed at an instant; without one, that it follows now. @throws NotFound */
async function policyAt(manager: EntityManager, lead: string, at: Instant | null): Promise<string> {
  const [row] = await manager.query<{ policy: string | null }[]>(
    at === null
      ? 'select policy from lead where id = $1'
      : // Only the transition that pins a policy has the word: rows hold codes, ids and numbers.
        `select t ->> 'policy' as policy
           from journal j cross join lateral jsonb_array_elements(j.bytes::jsonb #> '{result,transitions}') t
          where j.lead_id = $1 and j.at <= $2 and j.bytes like '%"policy_pinned"%' and t ->> 'type' = 'policy_pinned'
          order by j.seq desc limit 1`,
    at === null ? [lead] : [lead, instantParam(at)],
  );
  if (row?.policy == null) throw new NotFound(`lead ${lead} was not here yet`);
  return row.policy;
}

/** What would lift the lead now. */
async function findLift(
  manager: EntityManager,
  lead: string,
  policy: Policy,
  ledger: readonly ScoreEntry[],
  at: Instant,
): Promise<Lift | null> {
  const [person, stands] = [
    (await readPeople(manager, [lead])).get(lead),
    (await readLeads(manager, [lead])).get(lead),
  ];
  if (person === undefined || stands === undefined) return null;
  const { scoring } = policy;
  const liftable = {
    state: foldLedger(ledger, scoring),
    fields: fieldsOf(person, policy),
    criteria: answersOf(stands.journey.criteria),
    standing: standingEntries([...fieldRules(scoring), ...(scoring.criteria ?? [])], ledger),
  };
  const steps = liftSteps(scoring, liftable);
  const needs = windowNeeds(scoring, liftEvents(steps, at)).map((need) => ({ lead, need }));
  const windows = await readWindows(manager, needs);
  return liftOf(scoring, liftable, steps, windows(lead), at);
}
