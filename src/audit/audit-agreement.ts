import type { EntityManager } from 'typeorm';
import { canonical } from '../domain/canonical.js';
import type { PolicyStep } from '../domain/policy/lifecycle.js';
import { personalHash } from '../journal/evidence.js';
import { stepChange } from '../policies/policy-steps.js';
import { reviewChange, type ReviewDecision } from '../policies/reviews.js';
import type { Difference } from './finding.js';

interface Said {
  readonly role: string;
  readonly actor: string | null;
  readonly salt: string;
  readonly words: string;
}
type StepRow = PolicyStep & Said;
interface ReviewRow extends Said {
  readonly n: number;
  readonly id: string;
  readonly policy: string;
  readonly decision: ReviewDecision;
  readonly at: number;
}

/**
 * Whether what happened to policies, and the reviews of them, are what the chained history says: every row has its
 * entry, every entry its row, and nobody has changed what was said.
 */
export async function auditAgreement(
  manager: EntityManager,
): Promise<{ readonly count: number; readonly difference: Difference | null }> {
  const steps = await manager.query<StepRow[]>(
    `select n, policy, kind, team, role, actor, at, from_at as "from", emergency, against, rule, salt, words
       from policy_step`,
  );
  const reviews = await manager.query<ReviewRow[]>(
    'select n, id, policy, decision, role, actor, at, salt, words from policy_review',
  );
  const entries = await manager.query<{ n: number; bytes: string }[]>(
    `select n, bytes from operational_entry where subject like 'policy:%' or subject like 'review:%'`,
  );
  const said = new Map(entries.filter(({ bytes }) => OURS.test(bytes)).map(({ n, bytes }) => [n, bytes]));
  const found = new Map([
    ...steps.map((step): [number, string] => [step.n, stepBytes(step)]),
    ...reviews.map((review): [number, string] => [review.n, reviewBytes(review)]),
  ]);
  const count = found.size;
  const numbers = [...new Set([...said.keys(), ...found.keys()])].sort((a, b) => a - b);
  const wrong = numbers.find((n) => said.get(n) !== found.get(n));
  if (wrong === undefined) return { count, difference: null };
  return {
    count,
    difference: {
      seq: wrong,
      kind: 'agreement_differs',
      what: 'what happened to a policy',
      expected: said.get(wrong) ?? 'nothing',
      found: found.get(wrong) ?? 'nothing',
    },
  };
}

/** Other entries about policies are not about their steps. */
const OURS = /"what":"policy_(?:step|review)"/;

const stepBytes = (step: StepRow): string =>
  entryBytes(step, `policy:${step.policy}`, stepChange({ ...step, words: wordsOf(step) }));

const reviewBytes = (review: ReviewRow): string =>
  entryBytes(review, `review:${review.id}`, reviewChange({ ...review, words: wordsOf(review) }));

const wordsOf = ({ salt, words }: Said): string => personalHash(salt, words);

const entryBytes = (
  { n, actor, at }: { readonly n: number; readonly actor: string | null; readonly at: number },
  subject: string,
  change: unknown,
): string => canonical({ n, subject, change, by: actor, at });
