import type { EntityManager } from 'typeorm';
import type { Role } from '../access/caller.js';
import { instantParam, optionalInstantParam } from '../db/column-types.js';
import type { Json } from '../domain/canonical.js';
import type { PolicyStep } from '../domain/policy/lifecycle.js';
import type { Instant } from '../domain/time.js';
import type { JournalKey } from '../journal/chain.js';
import { personalEvidenceOf } from '../journal/evidence.js';
import { appendOperational } from '../journal/operational-entry.js';

/** Who does something to a policy: a key and its role, or the deployment itself. */
export interface Author {
  readonly role: Role | 'deployment';
  /** Our own opaque id; null for the deployment. */
  readonly id: string | null;
}
export const DEPLOYMENT: Author = { role: 'deployment', id: null };

/** What was said with a step, by what it is: rationale, expectedImpact, reason, note. */
export type Words = Readonly<Record<string, string>>;

/** A step as it is recorded, with who did it and what was said. */
export interface RecordedStep extends PolicyStep {
  readonly role: Author['role'];
  readonly actor: string | null;
  readonly words: Words;
}

/** What happens to a policy; what is left out has not been said. */
export type NewStep = Pick<PolicyStep, 'policy' | 'kind'> &
  Partial<Omit<PolicyStep, 'n' | 'at'>> & { readonly words?: Words };

/** What the chained history says about a step. `words` is the salted hash of what was said. */
export const stepChange = (
  step: Omit<PolicyStep, 'n' | 'at'> & { readonly role: string; readonly words: string },
): Json => ({
  what: 'policy_step',
  policy: step.policy,
  kind: step.kind,
  team: step.team,
  role: step.role,
  from: step.from,
  emergency: step.emergency,
  against: step.against,
  rule: step.rule,
  words: step.words,
});

/** Records that something happened to a policy, in the transaction that makes it happen. */
export async function recordStep(
  manager: EntityManager,
  key: JournalKey,
  step: NewStep,
  author: Author,
  at: Instant,
): Promise<void> {
  const { policy, kind, team = null, from = null, emergency = false, against = null, rule = null } = step;
  const words = personalEvidenceOf(step.words ?? {});
  const facts = { policy, kind, team, from, emergency, against, rule, role: author.role };
  const change = stepChange({ ...facts, words: words.hash });
  const n = await appendOperational(manager, key, { subject: `policy:${policy}`, change, by: author.id }, at);
  await manager.query(
    `insert into policy_step (n, policy, kind, team, role, actor, at, from_at, emergency, against, rule, salt, words)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      ...[n, policy, kind, team, author.role, author.id, instantParam(at), optionalInstantParam(from)],
      ...[emergency, against, rule, words.salt, words.bytes],
    ],
  );
}

/** Every step of every policy, in order: people make them, so there are few. */
export async function readSteps(manager: EntityManager): Promise<readonly RecordedStep[]> {
  const rows = await manager.query<(Omit<RecordedStep, 'words'> & { readonly words: string })[]>(
    `select n, policy, kind, team, role, actor, at, from_at as "from", emergency, against, rule, words
       from policy_step order by n`,
  );
  return rows.map((row) => ({ ...row, words: JSON.parse(row.words) as Words }));
}
