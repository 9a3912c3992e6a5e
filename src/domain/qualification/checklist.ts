import type { CriterionAnswer, Confidence } from '../journey/inputs.js';
import { isUrgent, type Journey } from '../journey/journey.js';
import type { Policy } from '../policy/policy.schema.js';
import type { MustHaveState } from '../scoring/must-haves.js';
import type { ScoreReading } from '../scoring/score.js';
import { MICRO } from '../scoring/score.js';
import type { Instant } from '../time.js';
import { criteriaOf } from './criteria.js';

/** One line of the checklist: a criterion and what is known about it. */
export interface ChecklistItem {
  readonly criterion: string;
  readonly question: string;
  /** Whether the lead cannot be an SQL without it. */
  readonly required: boolean;
  /** `unknown`: nobody asked, or nobody knows. */
  readonly answer: CriterionAnswer;
  readonly confidence: Confidence | null;
  readonly by: string | null;
  readonly at: Instant | null;
}

/** What sales found out about a lead, in the policy's order; criteria that it no longer asks for are left out. */
export function checklistOf({ criteria }: Journey, { qualification }: Policy): readonly ChecklistItem[] {
  return criteriaOf(qualification).map(({ id, question }) => {
    const { answer = 'unknown', confidence = null, by = null, at = null } = criteria[id] ?? {};
    const required = qualification.required.includes(id);
    return { criterion: id, question, required, answer, confidence, by, at };
  });
}

/** One must-have and how the lead stands to it. */
export interface MustHaveItem {
  readonly mustHave: string;
  readonly field: string;
  readonly state: MustHaveState;
}

/** The policy's must-haves as the score's reading tells them. */
export const mustHavesOf = (
  { failed, unknown }: Pick<ScoreReading, 'failed' | 'unknown'>,
  { scoring: { mustHaves = [] } }: Policy,
): readonly MustHaveItem[] =>
  mustHaves.map(({ id, field }) => {
    const state = failed.includes(id) ? 'failed' : unknown.includes(id) ? 'unknown' : 'met';
    return { mustHave: id, field, state };
  });

/** Required criteria that are not confirmed. */
export const missingCriteria = (journey: Journey, { qualification }: Policy): readonly string[] =>
  qualification.required.filter((criterion) => journey.criteria[criterion]?.answer !== 'confirmed');

export const BUCKETS = ['hot', 'warm', 'cold'] as const;
export type Bucket = (typeof BUCKETS)[number];

/** From which total on a lead is hot, and warm; in micro-points. */
export function bucketBounds({ qualification, scoring }: Policy): {
  readonly hot: number;
  readonly warm: number;
} {
  const { hot, warm } = qualification.buckets ?? {
    hot: scoring.thresholds.advanced,
    warm: scoring.thresholds.mql,
  };
  return { hot: hot * MICRO, warm: warm * MICRO };
}

export function bucketOf(total: number, policy: Policy): Bucket {
  const { hot, warm } = bucketBounds(policy);
  return total >= hot ? 'hot' : total >= warm ? 'warm' : 'cold';
}

/** What a lead's priority is made of, and how much each part counts. The greatest priority is looked at first. */
export const PRIORITY_PARTS = {
  /** It asked for sales, and nobody has answered. */
  asked_for_sales: 100,
  /** It was handed to sales and nobody has answered. */
  waits_for_response: 50,
  /** Its total score, in points. */
  score: 100,
} as const;

export interface Priority {
  readonly value: number;
  /** The greatest part first; parts that give nothing are left out. */
  readonly reasons: readonly { readonly what: keyof typeof PRIORITY_PARTS; readonly points: number }[];
}

/** How urgently somebody should look at the lead. */
export function priorityOf(journey: Journey, { total }: Pick<ScoreReading, 'total'>): Priority {
  const waits = journey.waitingSince !== null && journey.firstResponseAt === null;
  const parts: Record<keyof typeof PRIORITY_PARTS, number> = {
    asked_for_sales: waits && isUrgent(journey.lane) ? PRIORITY_PARTS.asked_for_sales : 0,
    waits_for_response: waits ? PRIORITY_PARTS.waits_for_response : 0,
    score: Math.floor((total * PRIORITY_PARTS.score) / (100 * MICRO)),
  };
  const reasons = Object.entries(parts)
    .map(([what, points]) => ({ what: what as keyof typeof PRIORITY_PARTS, points }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points || (a.what < b.what ? -1 : 1));
  return { value: reasons.reduce((sum, { points }) => sum + points, 0), reasons };
}
