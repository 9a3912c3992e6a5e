import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { describeProblem, type ApiAnswer, type ApiRequest, type BatonApi } from '../../src/feed/baton-api.js';
import type { Deal } from './deals.js';

const total = z.object({ total: z.object({ leads: z.number() }) });
const saved = z.object({ hash: z.string() });

/** Sends what must not be refused. @throws Error with the reason */
export async function must(
  api: BatonApi,
  request: ApiRequest,
  alsoFine: readonly number[] = [],
): Promise<ApiAnswer> {
  const answer = await api(request);
  if ((answer.status >= 200 && answer.status < 300) || alsoFine.includes(answer.status)) return answer;
  throw new Error(`${request.method} ${request.path}: ${describeProblem(answer)}`);
}

/** The teams of the data: who qualified its deals, and who closed them. */
export interface Teams {
  readonly sdrs: readonly string[];
  readonly aes: readonly string[];
}

export const teamsOf = (deals: Iterable<Deal>): Teams => {
  const all = [...deals];
  return {
    sdrs: [...new Set(all.map(({ sdr }) => sdr))].sort(),
    aes: [...new Set(all.map(({ ae }) => ae))].sort(),
  };
};

/**
 * Sets up an empty Baton: reps, the pools `sdr` and `ae`, the policy. Doing it again changes nothing.
 * @throws Error when it holds leads: the funnel of a demo could not be told from theirs
 */
export async function setUp(api: BatonApi, policyFile: string, { sdrs, aes }: Teams): Promise<void> {
  const funnel = await must(api, { method: 'GET', path: '/v1/reports/funnel?group=source' });
  const { leads } = total.parse(funnel.body).total;
  if (leads > 0) {
    throw new Error(
      `This Baton holds ${leads} leads already; the demo compares whole funnels. Use an empty one: ` +
        'npm start -- --data-dir .baton-demo --port 3001, then --url http://127.0.0.1:3001.',
    );
  }
  for (const id of [...sdrs, ...aes]) {
    await must(api, { method: 'POST', path: '/v1/reps', body: { id, name: id.slice(0, 12) } }, [409]);
  }
  await makePool(api, 'sdr', 'Sales development', sdrs);
  await makePool(api, 'ae', 'Account executives', aes);
  const policy = await must(api, {
    method: 'POST',
    path: '/v1/policies',
    body: readFileSync(policyFile, 'utf8'),
    type: 'application/yaml',
  });
  const { hash } = saved.parse(policy.body);
  await must(api, { method: 'POST', path: `/v1/policies/${hash}/activate`, body: {} });
}

async function makePool(api: BatonApi, id: string, name: string, reps: readonly string[]): Promise<void> {
  await must(api, { method: 'POST', path: '/v1/pools', body: { id, name } }, [409]);
  const members = reps.map((rep) => ({ rep, weight: 1 }));
  await must(api, { method: 'PUT', path: `/v1/pools/${id}/members`, body: { members } });
}
