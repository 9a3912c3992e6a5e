import type { EntityManager } from 'typeorm';
import type { Actor } from '../domain/journey/inputs.js';
import type { ReviewReason, Team } from '../domain/journey/journey.js';
import type { Row } from '../domain/journey/row.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import { type Reason, reasonsOf } from '../domain/scoring/reasons.js';
import type { ScoreEntry } from '../domain/scoring/score.js';
import type { Instant } from '../domain/time.js';
import type { PolicyStore } from '../policies/policy-store.js';
import { readLedgers } from './score-store.js';

/** What one side of a score rests on. */
export interface Side {
  /** Micro-points of this part, 0 to 100 points. */
  readonly score: number;
  /** The rules that count most for and against it, as they counted then. */
  readonly reasons: readonly Reason[];
}

/** A review of a lead: why a person was asked, what spoke for and against, and what came of it. */
export interface LeadReview {
  readonly seq: number;
  readonly at: Instant;
  readonly reason: ReviewReason;
  readonly reviewer: Team;
  /** Both sides, as they were known when the review was opened. */
  readonly fit: Side;
  readonly engagement: Side;
  /** Null while nobody has decided. */
  readonly resolution: {
    readonly seq: number;
    readonly at: Instant;
    readonly decision: string;
    readonly by: 'person' | 'default' | 'event';
    readonly actor: Actor;
  } | null;
}

const MOST_REASONS = 5;

/** Every review that the lead has been through, the newest first. */
export async function readReviews(
  manager: EntityManager,
  policies: PolicyStore,
  lead: string,
): Promise<readonly LeadReview[]> {
  const stored = await manager.query<{ bytes: string }[]>(
    `select bytes from journal where lead_id = $1 and bytes like '%"type":"review_%' order by seq`,
    [lead],
  );
  if (stored.length === 0) return [];
  // We wrote them: the texts are rows.
  const rows = stored.map(({ bytes }) => JSON.parse(bytes) as Row);
  const entries = (await readLedgers(manager, [lead])).get(lead) ?? [];
  const reviews: LeadReview[] = [];
  for (const row of rows) {
    const policy = await policies.byHash(manager, row.policy);
    for (const transition of 'transitions' in row.result ? row.result.transitions : []) {
      if (transition.type === 'review_opened') reviews.push(opened(row, transition, entries, policy));
      const last = reviews.at(-1);
      if (transition.type !== 'review_closed' || last === undefined) continue;
      const { decision, by } = transition;
      const { at, actor } = row.input;
      reviews[reviews.length - 1] = { ...last, resolution: { seq: row.seq, at, decision, by, actor } };
    }
  }
  return reviews.reverse();
}

function opened(
  { seq, input }: Row,
  { reason, reviewer }: { readonly reason: ReviewReason; readonly reviewer: Team },
  entries: readonly ScoreEntry[],
  { scoring }: Policy,
): LeadReview {
  const known = entries.filter(({ n }) => n <= input.score.version);
  const { up, down } = reasonsOf(known, input.at, scoring, Infinity);
  const sideOf = (part: 'explicit' | 'implicit'): Side => ({
    score: input.score[part],
    reasons: [...up, ...down]
      .filter(({ group }) => scoring.groups[group]?.part === part)
      .sort((a, b) => Math.abs(b.worth) - Math.abs(a.worth))
      .slice(0, MOST_REASONS),
  });
  const [fit, engagement] = [sideOf('explicit'), sideOf('implicit')];
  return { seq, at: input.at, reason, reviewer, fit, engagement, resolution: null };
}
