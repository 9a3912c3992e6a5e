import { z } from 'zod';
import type { Policy } from '../domain/policy/policy.schema.js';
import type { BatonApi } from '../feed/baton-api.js';
import type { DataSet, PlayedPool } from './data-set.js';
import { must } from './must.js';

const members = z.object({ members: z.array(z.looseObject({ rep: z.string() })) });
const saved = z.object({ hash: z.string() });
const policies = z.object({
  items: z.array(z.looseObject({ hash: z.string(), name: z.string(), active: z.boolean() })),
});

export interface SetUp {
  /** Hash of the policy that the leads of the play get. */
  readonly policy: string;
  /** Name of the one that new leads got before. */
  readonly before: string | null;
}

/**
 * The teams and the policy of a play. Every request is one that may be sent twice: the play needs no keys here,
 * and a second play with the same seed must activate its policy again.
 * @throws Error when a pool has members who are not the play's: their leads would go to others
 */
export async function setUp(
  api: BatonApi,
  { name, pools }: Pick<DataSet, 'name' | 'pools'>,
  policy: Policy,
): Promise<SetUp> {
  for (const pool of pools) await refuseStrangers(api, name, pool);
  for (const { reps } of pools) {
    for (const { id, name: rep, cap } of reps) {
      await must(api, { method: 'POST', path: '/v1/reps', body: { id, name: rep, cap } }, [409]);
    }
  }
  for (const { id, name: title, reps } of pools) {
    await must(api, { method: 'POST', path: '/v1/pools', body: { id, name: title } }, [409]);
    const body = { members: reps.map(({ id: rep }) => ({ rep, weight: 1 })) };
    await must(api, { method: 'PUT', path: `/v1/pools/${id}/members`, body });
  }
  const list = await must(api, { method: 'GET', path: '/v1/policies?limit=200' });
  const before = policies.parse(list.body).items.find(({ active }) => active) ?? null;
  const answer = await must(api, { method: 'POST', path: '/v1/policies', body: policy });
  const { hash } = saved.parse(answer.body);
  // Nobody sits down to approve a play.
  const reason = `play of ${name}`;
  const body = { emergency: true, reason, expected: before?.hash ?? null };
  await must(api, { method: 'POST', path: `/v1/policies/${hash}/activate`, body });
  return { policy: hash, before: before?.name ?? null };
}

async function refuseStrangers(api: BatonApi, play: string, { id, reps }: PlayedPool): Promise<void> {
  const answer = await must(api, { method: 'GET', path: `/v1/pools/${id}` }, [404]);
  if (answer.status === 404) return;
  const own = new Set(reps.map((rep) => rep.id));
  const strangers = members.parse(answer.body).members.filter(({ rep }) => !own.has(rep));
  if (strangers.length === 0) return;
  const names = strangers
    .slice(0, 3)
    .map(({ rep }) => rep)
    .join(', ');
  throw new Error(
    `The pool "${id}" of this Baton has members that are not the play's (${names}); to play ${play} would ` +
      'replace them. Play on a Baton of its own: npm start -- --data-dir .baton-play --port 3001, ' +
      'then --url http://127.0.0.1:3001.',
  );
}
