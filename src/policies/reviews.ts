import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '../clock.js';
import { instantParam } from '../db/column-types.js';
import type { Json } from '../domain/canonical.js';
import type { Instant } from '../domain/time.js';
import { parseDuration } from '../domain/time.js';
import { Conflict } from '../faults.js';
import type { JournalKey } from '../journal/chain.js';
import { personalEvidenceOf } from '../journal/evidence.js';
import { appendOperational } from '../journal/operational-entry.js';
import type { Author } from './policy-steps.js';
import { findPolicy, type PolicyStore } from './policy-store.js';
import { type Doer, doerOf, isoOf } from './policy-view.js';
import { keyNames, readScene } from './scene.js';

export type ReviewDecision = 'change' | 'no_change';

export interface NewReview {
  readonly participants: readonly string[];
  readonly decision: ReviewDecision;
  readonly notes?: string | undefined;
  /** Hash of the policy that was looked at; absent: the active one. */
  readonly policy?: string | undefined;
}

/** A joint review of the agreement. Instants are ISO 8601 in UTC. */
export interface Review {
  readonly id: string;
  readonly policy: string;
  readonly decision: ReviewDecision;
  readonly participants: readonly string[];
  readonly notes: string | null;
  readonly at: string;
  readonly by: Doer;
}

export interface ReviewSchedule {
  /** As the active policy says; null: no date is agreed. */
  readonly every: string | null;
  readonly nextDue: string | null;
  readonly overdue: boolean;
}

export type Reviews = ReturnType<typeof createReviews>;

interface ReviewRow {
  readonly n: number;
  readonly id: string;
  readonly policy: string;
  readonly decision: ReviewDecision;
  readonly role: Author['role'];
  readonly actor: string | null;
  readonly at: Instant;
  readonly words: string;
}

/** What the chained history says about a review. `words` is the salted hash of who took part and of the notes. */
export const reviewChange = (
  review: Pick<ReviewRow, 'id' | 'policy' | 'decision' | 'words'> & { readonly role: string },
): Json => ({
  what: 'policy_review',
  review: review.id,
  policy: review.policy,
  decision: review.decision,
  role: review.role,
  words: review.words,
});

/** Marketing and sales look at the agreement together; that they did, and what they decided, is kept. */
export function createReviews({
  dataSource,
  clock,
  journalKey,
  policies,
}: {
  dataSource: DataSource;
  clock: Clock;
  journalKey: JournalKey;
  policies: PolicyStore;
}) {
  return {
    async record(tx: EntityManager, review: NewReview, author: Author): Promise<Review> {
      const at = clock.now();
      const policy = review.policy ?? (await policies.active(tx, at))?.hash;
      if (policy === undefined) throw new Conflict('no_active_policy', 'there is no active policy to review');
      await findPolicy(tx, policy);
      const id = randomUUID();
      const { decision, participants, notes = null } = review;
      const words = personalEvidenceOf({ participants, notes });
      const change = reviewChange({ id, policy, decision, role: author.role, words: words.hash });
      const n = await appendOperational(
        tx,
        journalKey,
        { subject: `review:${id}`, change, by: author.id },
        at,
      );
      await tx.query(
        `insert into policy_review (n, id, policy, decision, role, actor, at, salt, words)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [n, id, policy, decision, author.role, author.id, instantParam(at), words.salt, words.bytes],
      );
      const row = { n, id, policy, decision, role: author.role, actor: author.id, at, words: words.bytes };
      return toReview(row, await keyNames(tx));
    },

    /** Newest first: reviews with a number below `before`. */
    async list(before: number | null, limit: number): Promise<readonly (Review & { readonly n: number })[]> {
      const rows = await dataSource.manager.query<ReviewRow[]>(
        `select n, id, policy, decision, role, actor, at, words from policy_review
          where ($1::bigint is null or n < $1) order by n desc limit $2`,
        [before, limit],
      );
      const keys = await keyNames(dataSource.manager);
      return rows.map((row) => ({ ...toReview(row, keys), n: row.n }));
    },

    /** The next review is due so long after the last one, or after the activation where there was none since. */
    async schedule(): Promise<ReviewSchedule> {
      const now = clock.now();
      const { manager } = dataSource;
      const { active } = (await readScene(manager, policies, now)).agreement;
      if (active === null) return NONE;
      const { review } = await policies.byHash(manager, active.policy);
      if (review === undefined) return NONE;
      const [last] = await manager.query<{ at: Instant }[]>(
        'select at from policy_review order by n desc limit 1',
      );
      const since = Math.max(active.from ?? active.at, last?.at ?? 0);
      const due = since + parseDuration(review.every);
      return { every: review.every, nextDue: isoOf(due), overdue: due <= now };
    },
  };
}

const NONE: ReviewSchedule = { every: null, nextDue: null, overdue: false };

function toReview(
  { id, policy, decision, at, words, ...who }: ReviewRow,
  keys: ReadonlyMap<string, string>,
): Review {
  // We wrote it.
  const { participants, notes } = JSON.parse(words) as Pick<Review, 'participants' | 'notes'>;
  return { id, policy, decision, participants, notes, at: isoOf(at), by: doerOf(who, keys) };
}
