import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { openDataSet } from '../../examples/data-sets.js';
import { projectRoot } from '../../src/embedded/project-root.js';
import { createBatonApi } from '../../src/feed/baton-api.js';
import { fasterPolicy } from '../../src/play/faster-policy.js';
import { setUp } from '../../src/play/set-up.js';
import { useApi } from '../http/api.harness.js';

const api = useApi();

describe('the setting of a play', () => {
  it('is made, and made again, and leaves the teams of others alone', async () => {
    const { url, adminKey } = api();
    const send = createBatonApi({ url, key: adminKey });
    const examples = join(projectRoot(), 'examples');
    const data = await openDataSet('education', { examples, folder: null, leads: 3, seed: 7 });
    const at = (speed: number) => setUp(send, data, fasterPolicy(data.policy, speed).policy);
    const first = await at(600);
    const second = await at(3_600);
    expect(second.before).toBe('education-x600');
    expect(second.policy).not.toBe(first.policy);
    // A speed that was played before is in force again.
    expect((await at(600)).policy).toBe(first.policy);
    const { body } = await api().call('GET', '/v1/policies');
    const policies = body.items as { name: string; active: boolean }[];
    expect(policies.filter(({ active }) => active).map(({ name }) => name)).toEqual(['education-x600']);
    const pool = await api().call('GET', '/v1/pools/counsellors');
    expect(pool.body.members).toHaveLength(10);

    await api().call('POST', '/v1/reps', { id: 'ana', name: 'Ana' });
    await api().call('PUT', '/v1/pools/counsellors/members', { members: [{ rep: 'ana' }] });
    await expect(at(600)).rejects.toThrow(/pool "counsellors".*not the play's \(ana\).*Baton of its own/s);
    const kept = await api().call('GET', '/v1/pools/counsellors');
    expect(kept.body.members).toMatchObject([{ rep: 'ana' }]);
  });
});
