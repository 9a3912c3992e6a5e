import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Policy } from '../../src/domain/policy/policy.schema.js';
import type { Api, Reply } from './api.harness.js';

const shipped = readFileSync(new URL('../../examples/policies/default.yaml', import.meta.url), 'utf8');

/** The shipped policy with a change. */
export function changedPolicy(change: (policy: Policy) => void): Policy {
  const policy = parse(shipped) as Policy;
  change(policy);
  return policy;
}

type Role = 'admin' | 'marketing' | 'sales';

/** Marketing, sales and an admin at work on policies. */
export interface Table {
  readonly key: (role: Role) => string;
  readonly get: (path: string) => Promise<Reply>;
  readonly post: (role: Role, path: string, body?: unknown) => Promise<Reply>;
  /** @returns the hash of a draft */
  readonly draft: (role: Role, change: (policy: Policy) => void) => Promise<string>;
  /** Drafts, proposes and lets both sides approve. */
  readonly agree: (change: (policy: Policy) => void) => Promise<string>;
  readonly act: (role: Role, hash: string, step: string, body?: unknown) => Promise<Reply>;
  /** Hash of the active policy. */
  readonly active: () => Promise<string | null>;
}

export const SAID = {
  rationale: 'Too many leads were not ready.',
  expectedImpact: 'Fewer, better hand-offs.',
};

/** @param api once the tests run */
export async function sitDown(api: Api): Promise<Table> {
  const keys: Record<Role, string> = { admin: api.adminKey, marketing: '', sales: '' };
  for (const role of ['marketing', 'sales'] as const) {
    const made = await api.call('POST', '/v1/api-keys', { name: `key of ${role}`, role });
    keys[role] = (made.body as { key: string }).key;
  }
  const get: Table['get'] = (path) => api.call('GET', path);
  const post: Table['post'] = (role, path, body) => api.call('POST', path, body, { key: keys[role] });
  const act: Table['act'] = (role, hash, step, body) => post(role, `/v1/policies/${hash}/${step}`, body);
  const draft: Table['draft'] = async (role, change) => {
    const reply = await post(role, '/v1/policies', changedPolicy(change));
    if (reply.status !== 201) throw new Error(reply.text);
    return (reply.body as { hash: string }).hash;
  };
  return {
    key: (role) => keys[role],
    get,
    post,
    act,
    draft,
    async agree(change) {
      const hash = await draft('marketing', change);
      await act('marketing', hash, 'propose', SAID);
      await act('marketing', hash, 'approve');
      const last = await act('sales', hash, 'approve');
      if ((last.body as { state: string }).state !== 'approved') throw new Error(last.text);
      return hash;
    },
    async active() {
      const { items } = (await get('/v1/policies?limit=200')).body as {
        items: { hash: string; active: boolean }[];
      };
      return items.find(({ active }) => active)?.hash ?? null;
    },
  };
}
