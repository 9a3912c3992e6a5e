import type { Act } from '../playbooks/acts.js';
import type { Instant } from '../time.js';
import type { Confidence, CriterionAnswer, PolicyMigration } from './inputs.js';
import type {
  ClockName,
  HandOffKind,
  HandOffStatus,
  HandOffTrigger,
  Lane,
  MqlLevel,
  ReviewReason,
  Stage,
  Team,
} from './journey.js';

/**
 * What a row changes, in order. A transition carries all that `evolve` needs: the fold knows neither
 * policy nor personal data.
 */
export type Transition =
  | {
      readonly type: 'stage_entered';
      readonly stage: Stage;
      readonly level: MqlLevel | null;
      readonly team: Team;
      readonly reason: string;
    }
  | {
      readonly type: 'hand_off_opened';
      readonly kind: HandOffKind;
      readonly trigger: HandOffTrigger;
      readonly pool: string;
      readonly excluded: readonly string[];
      /** Reps who have had it before, in the hand-off that this one goes on from. */
      readonly attempt: number;
    }
  | {
      readonly type: 'hand_off_moved';
      readonly status: HandOffStatus;
      readonly rep: string | null;
      readonly until: Instant | null;
    }
  | {
      readonly type: 'rep_excluded';
      readonly rep: string;
      readonly why: 'declined' | 'lapsed' | 'reassigned';
      readonly reason: string | null;
    }
  | {
      readonly type: 'hand_off_closed';
      readonly outcome: 'accepted' | 'rejected' | 'recycled' | 'disqualified' | 'reviewed' | 'unaccepted';
    }
  | { readonly type: 'owner_set'; readonly role: HandOffKind; readonly rep: string | null }
  /** The hand-off begins although nobody knows these must-haves, for which the policy would have waited. */
  | { readonly type: 'sent_incomplete'; readonly missing: readonly string[] }
  | { readonly type: 'waiting_started'; readonly lane: Lane }
  | { readonly type: 'responded'; readonly respondedAt: Instant; readonly lateBy: number | null }
  | {
      readonly type: 'clock_armed';
      readonly clock: ClockName;
      readonly due: Instant;
      readonly step: number;
      readonly startedAt: Instant;
    }
  | { readonly type: 'clock_cleared'; readonly clock: ClockName }
  | { readonly type: 'clock_breached'; readonly clock: ClockName; readonly rep: string | null }
  | { readonly type: 'review_opened'; readonly reason: ReviewReason; readonly reviewer: Team }
  | { readonly type: 'review_closed'; readonly decision: string; readonly by: 'person' | 'default' | 'event' }
  | {
      readonly type: 'criterion_set';
      readonly criterion: string;
      readonly answer: CriterionAnswer;
      readonly confidence: Confidence | null;
      readonly by: string | null;
    }
  | { readonly type: 'recycled'; readonly reason: string; readonly until: Instant; readonly counted: boolean }
  | { readonly type: 'lane_changed'; readonly lane: Lane }
  | { readonly type: 'disqualifier_noted'; readonly reason: string }
  | { readonly type: 'rejected'; readonly reason: string }
  | {
      readonly type: 'outcome';
      readonly outcome: 'won' | 'lost';
      readonly reason: string | null;
      readonly amount: number | null;
      readonly currency: string | null;
    }
  | { readonly type: 'reopened'; readonly reason: string }
  | { readonly type: 'policy_pinned'; readonly policy: string }
  /** A migration waits for the end of the open hand-off; null: what waited is not wanted any more. */
  | { readonly type: 'policy_pending'; readonly migration: PolicyMigration | null }
  | { readonly type: 'past_opened' }
  | {
      readonly type: 'resumed';
      readonly activeFrom: Instant;
      readonly graceUntil: Instant;
      readonly offer: boolean;
    }
  | { readonly type: 'tags_set'; readonly tags: readonly string[] }
  /** Playbooks have given tasks, which go with the lead from now on. */
  | { readonly type: 'tasks_given' }
  | { readonly type: 'track_entered'; readonly track: string }
  | { readonly type: 'track_left'; readonly track: string };

/** What leaves the journey because of a row; written to the outbox in the row's transaction. */
export type Effect =
  | { readonly type: 'notify'; readonly to: Recipient; readonly about: Topic }
  /** The rep has room again: every pool that the rep is in is woken. */
  | { readonly type: 'capacity_freed'; readonly rep: string }
  /** What a playbook does. */
  | (Act & { readonly playbook: string });

export type Recipient =
  | { readonly kind: 'rep'; readonly id: string }
  | { readonly kind: 'manager' }
  | { readonly kind: 'team'; readonly team: Team };

export const TOPICS = [
  'offered',
  'assigned',
  'hand_raised',
  'disqualifier_found',
  'reminder',
  'lapsed',
  'withdrawn',
  'queued',
  'escalated',
  'at_risk',
  'breached',
  'going_cold',
  'returned',
  'review_wanted',
  'delivery_failed',
] as const;
export type Topic = (typeof TOPICS)[number];
