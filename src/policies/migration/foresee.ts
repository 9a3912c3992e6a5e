import { decide, firstDue } from '../../domain/journey/decide.js';
import type { Question, RecordedFact } from '../../domain/journey/decision.js';
import { decidingPolicy } from '../../domain/journey/deciding-policy.js';
import { evolveOne } from '../../domain/journey/evolve.js';
import type { Actor, PolicyMigration } from '../../domain/journey/inputs.js';
import type { Journey } from '../../domain/journey/journey.js';
import { situationOf, type Situation } from '../../domain/journey/situation.js';
import type { Policy } from '../../domain/policy/policy.schema.js';
import { migrationCause, rescore } from '../../domain/scoring/rescore.js';
import type { ScoreState } from '../../domain/scoring/score.js';
import type { Instant } from '../../domain/time.js';
import { inputAt, looksAt, timerInput } from '../../leads/apply-wake.js';
import type { WaitingInput } from '../../leads/inbox-store.js';
import type { LockedLead } from '../../leads/lead-store.js';
import { fieldsOf, type Person } from '../../leads/profile-store.js';
import { sourcesUnder, type StoredSources } from '../../leads/rescore-lead.js';
import { fulfils } from '../../playbooks/fulfils.js';

/** What a migration would make of a lead. */
export interface Foreseen {
  readonly state: 'moved' | 'deferred';
  readonly situation: Situation;
}

/** More inputs in a row than a lead ever takes before it rests. */
const MOST_TURNS = 50;

/**
 * What becomes of a lead under another policy: the migration's own decision and the looks that follow it, as
 * `apply` would take them, but for who gets an offer. Nothing is written.
 */
export function foresee(
  lead: LockedLead,
  stored: StoredSources,
  [before, after]: readonly [Policy, Policy],
  migration: PolicyMigration & { readonly actor: Actor },
  at: Instant,
): Foreseen {
  const { migration: id, to, actor } = migration;
  const sources = sourcesUnder(stored, lead.journey, after);
  const first: WaitingInput = {
    ...{ kind: 'policy_migrated', id, occurred: null, actor, personal: null },
    body: { migration: id, to },
  };
  let { journey, score }: { journey: Journey; score: ScoreState } = lead;
  let turn: WaitingInput | null = first;
  for (let turns = 0; turn !== null && turns < MOST_TURNS; turns++) {
    const follows = decidingPolicy(journey, turn);
    if (follows !== null && follows !== journey.policy) {
      score = rescore(sources, before.scoring, after.scoring, { now: at, cause: migrationCause(id) }).state;
    }
    const policy = follows === to ? after : before;
    journey = decided({ ...lead, journey, score }, turn, policy, at, stored.person) ?? journey;
    turn = next({ ...lead, journey, score }, journey.policy === to ? after : before, at, stored.person);
  }
  const state = journey.policy === to ? 'moved' : 'deferred';
  return { state, situation: situationOf(journey) };
}

/** What is due, else the first look that changes something; null: the lead rests. */
function next(lead: LockedLead, policy: Policy, at: Instant, person: Person): WaitingInput | null {
  const due = firstDue(lead.journey, at);
  if (due !== null) return timerInput(due);
  return looksAt(lead, policy, at).find((look) => decided(lead, look, policy, at, person) !== null) ?? null;
}

/** The journey after one input; null: nothing changes. */
function decided(
  lead: LockedLead,
  waiting: WaitingInput,
  policy: Policy,
  at: Instant,
  person: Person,
): Journey | null {
  const { journey } = lead;
  const facts: RecordedFact[] = [];
  for (;;) {
    const outcome = decide(journey, inputAt(waiting, lead, policy, at), facts, policy);
    if (outcome.type === 'needs') {
      const { question } = outcome;
      facts.push(answer(question, policy, person));
      continue;
    }
    if (outcome.type !== 'decision') return null;
    const seq = journey.seq + 1;
    const folded = outcome.transitions.reduce((state, one) => evolveOne(state, one, seq, at), journey);
    return { ...folded, seq, at };
  }
}

/** Nobody is offered the lead, whoever is named is free, and its fields are what they are. */
function answer(question: Question, policy: Policy, person: Person): RecordedFact {
  switch (question.ask) {
    case 'route':
      return { answer: 'route', pool: question.pool, poolSeq: 0, rep: null, evidence: '' };
    case 'rep':
      return { answer: 'rep', rep: question.rep, verdict: 'free' };
    case 'fields':
      return {
        answer: 'fields',
        rule: question.rule,
        fulfilled: fulfils(policy, question.rule, fieldsOf(person, policy)),
      };
  }
}
