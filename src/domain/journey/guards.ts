import { hasCriterion } from '../qualification/criteria.js';
import {
  belowAdvancedDemotion,
  belowMqlDemotion,
  isMismatch,
  reachesAdvanced,
  reachesFitOnly,
  reachesMql,
  reachesSql,
} from '../scoring/signature.js';
import type { BYPASSES } from '../policy/policy.schema.js';
import { stepAt } from '../sla/clocks.js';
import { parseDuration } from '../time.js';
import type { Draft } from './draft.js';
import { actingRep } from './inputs.js';
import { holders, type HandOff, type ReviewReason } from './journey.js';
import { triggerOf } from './lane.js';
import { lastActiveAt, mayNotFall, mayNotRise } from './past.js';

/**
 * The conditions of the stage table, each pure. They are asked of the draft before any move, so they see the
 * journey as it was when the input came.
 */
const questions = {
  // Who acts.
  isHolder: (d: Draft) =>
    d.journey.handOff?.rep != null && d.journey.handOff.rep === actingRep(d.input.actor),
  isOwner: (d: Draft) => {
    const rep = actingRep(d.input.actor);
    return rep !== null && (rep === d.journey.owners.sdr || rep === d.journey.owners.ae);
  },
  isManager: (d: Draft) => d.input.actor.kind === 'admin' && d.input.actor.onBehalfOf === null,
  isRep: (d: Draft) => actingRep(d.input.actor) !== null,
  /** A manager, or a rep who holds or owns the lead. */
  mayWork: (d: Draft): boolean =>
    questions.isManager(d) ||
    questions.isOwner(d) ||
    holders(d.journey).some(({ rep }) => rep === actingRep(d.input.actor)),
  wasExcluded: (d: Draft) => d.journey.handOff?.excluded.includes(actingRep(d.input.actor) ?? '') ?? false,
  mayHandOff: (d: Draft) =>
    d.policy.handOffs.byHand.roles.includes(actingRep(d.input.actor) === null ? d.input.actor.kind : 'rep'),
  poolAllowed: (d: Draft) => d.policy.handOffs.byHand.pools.includes(requestedPool(d)),

  // The score, as the input carries it; that of an imported lead has to hold still at first.
  mismatched: (d: Draft): boolean =>
    mayRise(d) && isMismatch(d.input.score, d.policy.scoring) && !settled(d, 'mismatch'),
  reachesAdvanced: (d: Draft) => mayRise(d) && reachesAdvanced(d.input.score, d.policy.scoring),
  reachesMql: (d: Draft) => mayRise(d) && reachesMql(d.input.score, d.policy.scoring),
  belowMqlDemotion: (d: Draft) => mayFall(d) && belowMqlDemotion(d.input.score, d.policy.scoring),
  belowAdvancedDemotion: (d: Draft) => mayFall(d) && belowAdvancedDemotion(d.input.score, d.policy.scoring),
  /** Fit alone is enough, and the score alone is not. */
  fitsAlone: (d: Draft) =>
    mayRise(d) &&
    reachesFitOnly(d.input.score, d.policy.scoring) &&
    !reachesAdvanced(d.input.score, d.policy.scoring),
  reachesSql: (d: Draft) => reachesSql(d.input.score, d.policy.scoring),
  automatic: (d: Draft) => d.policy.handOffs.sdr.automatic,
  /** Something that the lead must be, and is not: it is not handed off by itself or by hand. */
  mustHaveFailed: (d: Draft): boolean => d.input.score.failed.length > 0,
  mustHavesHold: (d: Draft): boolean => !questions.mustHaveFailed(d),
  /** Nobody knows yet what the policy waits for. */
  contentMissing: (d: Draft) => missingContent(d).length > 0,
  /** The hand-off waits for what is missing. */
  waits: (d: Draft) => d.journey.deadlines.some(({ clock }) => clock === 'enrichment'),
  recycledTooOften: (d: Draft): boolean =>
    d.journey.recycles >= d.policy.nurture.recycleLimit &&
    d.journey.recycles > 0 &&
    !settled(d, 'recycle_limit'),
  coolingOff: (d: Draft): boolean => d.journey.coolOffUntil !== null && d.input.at < d.journey.coolOffUntil,
  inactive: (d: Draft) =>
    lastActiveAt(d.journey, d.input.score) + parseDuration(d.policy.clocks.leadInactivity) <= d.input.at,
  disqualifierNoted: (d: Draft) => d.journey.disqualifier !== null,
  // What holds back a trigger that does not bypass it; a raised hand bypasses everything.
  triggerBelowThreshold: (d: Draft) =>
    !bypasses(d, 'threshold') && !reachesMql(d.input.score, d.policy.scoring),
  triggerMustHaveFailed: (d: Draft): boolean =>
    d.bodyOf('hand_raised').trigger !== null && questions.mustHaveFailed(d),
  triggerMismatched: (d: Draft): boolean => !bypasses(d, 'review') && questions.mismatched(d),
  triggerUnderReview: (d: Draft) => !bypasses(d, 'review'),
  triggerCoolsOff: (d: Draft): boolean => !bypasses(d, 'cool_off') && questions.coolingOff(d),
  triggerOfEnded: (d: Draft) => !bypasses(d, 'cool_off'),
  triggerTooOften: (d: Draft): boolean => !bypasses(d, 'recycle_limit') && questions.recycledTooOften(d),
  disqualifierApplies: (d: Draft) => d.bodyOf('hand_raised').disqualifier !== null,

  // The policy to follow.
  policyKept: (d: Draft) =>
    d.journey.pendingPolicy === null && d.bodyOf('policy_migrated').to === d.journey.policy,
  policyPending: (d: Draft) => d.journey.pendingPolicy !== null,

  // The past of an imported lead.
  recordsHistory: (d: Draft) => d.journey.past !== null && d.journey.past.resumedAt === null,
  offerAsked: (d: Draft) => d.journey.past?.offer === true && d.journey.handOffs === 0,

  // The hand-off.
  attemptsLeft: (d: Draft) => {
    const had = d.journey.handOff ?? d.journey.accepted;
    return had !== null && had.attempt < attemptLimit(d, d.journey.handOff);
  },
  aeHandOff: (d: Draft) => d.policy.handOffs.ae !== undefined,
  repNamed: (d: Draft) => d.bodyOf('reassign').rep !== null,
  repUnknown: (d: Draft) => verdictOnNamed(d) === 'unknown',
  repInactive: (d: Draft) => verdictOnNamed(d) === 'inactive',
  repAtCap: (d: Draft) => verdictOnNamed(d) === 'at_cap',
  repHoldsIt: (d: Draft) => holders(d.journey).some(({ rep }) => rep === namedRep(d)),
  repHasOffer: (d: Draft) => d.journey.handOff?.rep != null && d.journey.handOff.rep === namedRep(d),

  // Reasons and criteria of the policy.
  reasonUnknown: (d: Draft) => !reasonsFor(d).includes(reasonOf(d)),
  reasonDisqualifies: (d: Draft) => d.policy.reasons.reject[reasonOf(d)]?.to === 'disqualified',
  lossIsFinal: (d: Draft) => d.policy.reasons.lost[reasonOf(d)]?.outcome === 'final',
  wasRejected: (d: Draft) => d.journey.rejected !== null,
  criterionUnknown: (d: Draft) => !hasCriterion(d.policy.qualification, d.bodyOf('qualification').criterion),
  requiredCriterionLost: (d: Draft) => {
    const { criterion, answer } = d.bodyOf('qualification');
    return answer === 'lost' && d.policy.qualification.required.includes(criterion);
  },
  criteriaMissing: (d: Draft) =>
    d.policy.qualification.required.some(
      (criterion) => d.journey.criteria[criterion]?.answer !== 'confirmed',
    ),

  // What a review came to, and what a silent one comes to.
  decidesHandOff: (d: Draft) => reviewDecision(d) === 'hand_off',
  decidesNurture: (d: Draft) => reviewDecision(d) === 'nurture',
  nobodyAccepted: (d: Draft) => d.journey.review?.reason === 'nobody_accepted',
  decidesDisqualify: (d: Draft) => reviewDecision(d) === 'disqualify',

  // What the due step of a clock does.
  stepReminds: (d: Draft) => dueStep(d) === 'remind',
  stepAlerts: (d: Draft) => dueStep(d) === 'alert_manager',
  stepReassigns: (d: Draft) => dueStep(d) === 'reassign',
  stepEscalates: (d: Draft) => dueStep(d) === 'escalate',
  stepRecycles: (d: Draft) => dueStep(d) === 'recycle',
} as const satisfies Record<string, (draft: Draft) => boolean>;

export type Guard = keyof typeof questions;

export const holds = (guard: Guard, draft: Draft): boolean => questions[guard](draft);

/** The pool into which a hand-off by hand asks to go; the policy's own when it names none. */
export function requestedPool(d: Draft): string {
  return d.bodyOf('hand_off').pool ?? d.policy.handOffs.sdr.pool;
}

/** Must-haves that nobody knows, though the policy would wait for them. */
export const missingContent = ({ input, policy }: Draft): readonly string[] =>
  (policy.enrichment?.waitFor ?? []).filter((id) => input.score.unknown.includes(id));

function bypasses(d: Draft, what: (typeof BYPASSES)[number]): boolean {
  const trigger = triggerOf(d.policy, d.bodyOf('hand_raised').trigger);
  return trigger === null || trigger.bypasses.includes(what);
}

const mayRise = (d: Draft): boolean => !mayNotRise(d.journey, d.input.score);
const mayFall = (d: Draft): boolean => !mayNotFall(d.journey, d.input.score, d.input.at);

const settled = (d: Draft, reason: ReviewReason): boolean => d.journey.settled.includes(reason);

function attemptLimit(d: Draft, open: HandOff | null): number {
  return (open?.kind === 'ae' ? d.policy.handOffs.ae : undefined)?.attempts ?? d.policy.handOffs.sdr.attempts;
}

function namedRep(d: Draft): string | null {
  return d.input.kind === 'claim' ? actingRep(d.input.actor) : d.bodyOf('reassign').rep;
}

function verdictOnNamed(d: Draft): string | null {
  const rep = namedRep(d);
  return rep === null ? null : d.verdictOn(rep);
}

function reasonOf(d: Draft): string {
  return 'reason' in d.input.body ? (d.input.body.reason ?? '') : '';
}

function reasonsFor(d: Draft): readonly string[] {
  const { reasons } = d.policy;
  switch (d.input.kind) {
    case 'decline':
      return reasons.decline;
    case 'reject':
      return Object.keys(reasons.reject);
    case 'lost':
      return Object.keys(reasons.lost);
    case 'recycle':
      return reasons.recycle;
    case 'disqualify':
      return reasons.disqualify;
    default:
      throw new Error(`"${d.input.kind}" has no reason codes: the stage table is wrong`);
  }
}

function reviewDecision(d: Draft): 'hand_off' | 'nurture' | 'disqualify' | 'return' {
  return d.input.kind === 'review' ? d.input.body.decision : d.policy.reviewDefault;
}

function dueStep(d: Draft): string | null {
  const { clock, step } = d.bodyOf('timer');
  if (clock !== 'acceptance' && clock !== 'first_response' && clock !== 'sales_inactivity') return null;
  return stepAt(d.policy, clock, d.journey.lane, step).do;
}
