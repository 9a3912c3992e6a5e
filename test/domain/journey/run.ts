import { decide, firstDue } from '../../../src/domain/journey/decide.js';
import type { Outcome, Question, RecordedFact } from '../../../src/domain/journey/decision.js';
import { evolve } from '../../../src/domain/journey/evolve.js';
import type { Actor, Input, InputBodies, InputKind } from '../../../src/domain/journey/inputs.js';
import { unborn, type Journey } from '../../../src/domain/journey/journey.js';
import { ENGINE, type Row } from '../../../src/domain/journey/row.js';
import { situationOf, type Situation } from '../../../src/domain/journey/situation.js';
import type { Policy } from '../../../src/domain/policy/policy.schema.js';
import { MICRO, type ScoreReading } from '../../../src/domain/scoring/score.js';
import { TEST_POLICY } from './test-policy.js';

export const ADMIN: Actor = { kind: 'admin', id: 'key-1', onBehalfOf: null };
export const SYSTEM: Actor = { kind: 'system', id: null, onBehalfOf: null };
export const asRep = (id: string): Actor => ({ kind: 'rep', id, onBehalfOf: null });

export const score = (
  total: number,
  explicit = total,
  implicit = total,
  version = 1,
  lastEventAt: number | null = null,
): ScoreReading => ({
  version,
  total: total * MICRO,
  explicit: explicit * MICRO,
  implicit: implicit * MICRO,
  groups: {},
  failed: [],
  unknown: [],
  lastEventAt,
});

export interface Given<K extends InputKind> {
  kind: K;
  body: InputBodies[K];
  actor?: Actor;
  score?: ScoreReading;
  at?: number;
}

/** A journey in memory: the shell's part of `decide`, with pools that are plain lists of reps. */
export class Run {
  journey: Journey = unborn('lead-1');
  readonly rows: Row[] = [];
  /** The newest input, whether or not it made a row. */
  last: { input: Input; facts: readonly RecordedFact[] } | null = null;
  score = score(0);
  /** Who is free, in turn; the first who is not excluded gets the lead. */
  pools: Record<string, string[]> = { sdr: ['ana', 'ben', 'cem', 'dia'], vip: ['vera'], ae: ['eva', 'fin'] };
  verdicts: Record<string, 'free' | 'unknown' | 'inactive' | 'at_cap'> = {};
  /** Rules whose conditions on fields do not hold for this lead. */
  readonly unfulfilled = new Set<string>();
  #n = 0;

  constructor(
    readonly policy: Policy = TEST_POLICY,
    public at = 1_000_000,
  ) {}

  get situation(): Situation {
    return situationOf(this.journey);
  }

  /** Applies one input; a refusal becomes a row, as in the journal. */
  give<K extends InputKind>(given: Given<K>): Outcome {
    this.at = given.at ?? this.at;
    const input = {
      kind: given.kind,
      id: `input-${(this.#n += 1)}`,
      at: this.at,
      occurred: null,
      actor: given.actor ?? SYSTEM,
      score: given.score ?? this.score,
      body: given.body,
      personal: null,
    } as Input;
    const facts: RecordedFact[] = [];
    let outcome = decide(this.journey, input, facts, this.policy);
    while (outcome.type === 'needs') {
      facts.push(this.#answer(outcome.question));
      outcome = decide(this.journey, input, facts, this.policy);
    }
    this.last = { input, facts };
    if (outcome.type === 'decision' || outcome.type === 'refusal') this.#record(input, facts, outcome);
    return outcome;
  }

  capture(): this {
    this.give({ kind: 'captured', body: { policy: 'policy-1', source: 'web', campaign: null } });
    return this;
  }

  /** Moves time to `at`, applying every deadline on the way at its own instant. */
  until(at: number): this {
    for (let due = firstDue(this.journey, at); due !== null; due = firstDue(this.journey, at)) {
      const { clock, step } = due;
      this.give({ kind: 'timer', body: { clock, step, due: due.due }, at: Math.max(due.due, this.at) });
    }
    this.at = at;
    return this;
  }

  #answer(question: Question): RecordedFact {
    if (question.ask === 'fields') {
      return { answer: 'fields', rule: question.rule, fulfilled: !this.unfulfilled.has(question.rule.id) };
    }
    if (question.ask === 'rep') {
      return { answer: 'rep', rep: question.rep, verdict: this.verdicts[question.rep] ?? 'free' };
    }
    const rep = (this.pools[question.pool] ?? []).find((one) => !question.excluded.includes(one)) ?? null;
    return { answer: 'route', pool: question.pool, poolSeq: 1, rep, evidence: 'hash' };
  }

  #record(
    input: Input,
    facts: readonly RecordedFact[],
    outcome: Exclude<Outcome, { type: 'needs' | 'nothing' }>,
  ): void {
    const row: Row = {
      engine: ENGINE,
      lead: this.journey.lead,
      seq: this.journey.seq + 1,
      input,
      facts,
      policy: 'policy-1',
      tz: 'test',
      suppressed: 0,
      result:
        outcome.type === 'refusal'
          ? { refusal: outcome.refusal }
          : { transitions: outcome.transitions, effects: outcome.effects },
      deadlines: [],
    };
    this.journey = evolve(this.journey, row);
    this.rows.push(row);
  }
}

/** A fresh run that has reached the situation, by real inputs only. */
export function runIn(situation: Situation, policy: Policy = TEST_POLICY): Run {
  const run = new Run(policy);
  if (situation === 'new') return run;
  ROADS[situation](run);
  if (run.situation !== situation) throw new Error(`the road to ${situation} leads to ${run.situation}`);
  return run;
}

const handOver = (run: Run): void => {
  run.capture().give({ kind: 'score', body: {}, score: score(70) });
};
const toSal = (run: Run): void => {
  handOver(run);
  run.give({ kind: 'accept', body: {}, actor: asRep('ana') });
};
const toSqlOffered = (run: Run): void => {
  toSal(run);
  run.give({
    kind: 'qualification',
    body: { criterion: 'budget', answer: 'confirmed', confidence: null },
    actor: asRep('ana'),
  });
  run.give({ kind: 'qualify', body: {}, actor: asRep('ana') });
};
const toSql = (run: Run): void => {
  toSqlOffered(run);
  run.give({ kind: 'accept', body: {}, actor: asRep('eva') });
};

const ROADS: Record<Exclude<Situation, 'new'>, (run: Run) => void> = {
  inquiry: (run) => run.capture(),
  'mql.early': (run) => run.capture().give({ kind: 'score', body: {}, score: score(55) }),
  'mql.advanced': (run) => {
    const automatic = { ...run.policy.handOffs, sdr: { ...run.policy.handOffs.sdr, automatic: false } };
    const manual = new Run({ ...run.policy, handOffs: automatic }, run.at);
    manual.capture().give({ kind: 'score', body: {}, score: score(70) });
    run.journey = manual.journey;
  },
  'mql.queued': (run) => {
    run.pools.sdr = [];
    handOver(run);
    run.pools.sdr = ['ana', 'ben'];
  },
  'mql.offered': handOver,
  'mql.assigned': (run) => {
    run
      .capture()
      .give({ kind: 'hand_raised', body: { event: 'demo_request', disqualifier: null, trigger: null } });
  },
  'mql.escalated': (run) => {
    handOver(run);
    for (const rep of ['ana', 'ben', 'cem'])
      run.give({ kind: 'decline', body: { reason: 'no_time' }, actor: asRep(rep) });
  },
  sal: toSal,
  'sql.queued': (run) => {
    run.pools.ae = [];
    toSqlOffered(run);
    run.pools.ae = ['eva', 'fin'];
  },
  'sql.offered': toSqlOffered,
  'sql.escalated': (run) => {
    toSqlOffered(run);
    for (const rep of ['eva', 'fin'])
      run.give({ kind: 'decline', body: { reason: 'no_time' }, actor: asRep(rep) });
  },
  sql: toSql,
  opportunity: (run) => {
    toSql(run);
    run.give({ kind: 'opportunity', body: { reference: null }, actor: asRep('eva') });
  },
  nurture: (run) => {
    toSal(run);
    run.give({ kind: 'reject', body: { reason: 'bad_timing' }, actor: asRep('ana') });
  },
  review: (run) => run.capture().give({ kind: 'score', body: {}, score: score(50, 95, 2) }),
  closed_won: (run) => {
    toSql(run);
    run.give({ kind: 'won', body: { amount: 100, currency: 'EUR' }, actor: asRep('eva') });
  },
  closed_lost: (run) => {
    toSql(run);
    run.give({ kind: 'lost', body: { reason: 'competitor' }, actor: asRep('eva') });
  },
  disqualified: (run) => {
    toSal(run);
    run.give({ kind: 'reject', body: { reason: 'spam' }, actor: asRep('ana') });
  },
  merged: (run) => {
    run.capture();
    // Merging comes with its own issue; until then only the stage exists.
    run.journey = { ...run.journey, stage: 'merged' };
  },
};
