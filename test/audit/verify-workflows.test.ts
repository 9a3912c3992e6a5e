import { beforeEach, describe, expect, it } from '@jest/globals';
import { addJob } from '../../src/outbox/jobs.js';
import { useAuditedWorld } from './audited-world.js';

const world = useAuditedWorld();

/** Lists every open lead but the worked one. */
const withoutWorked = async () => {
  const open = await world.query<{ id: string }>('select id from lead where not ended and id <> $1', [
    world.worked,
  ]);
  return {
    gateway: {
      async *listOpen(): AsyncGenerator<string> {
        yield* open.map(({ id }) => id);
      },
    },
    secondLook: 1,
  };
};
const missing = () => [expect.objectContaining({ lead: world.worked, kind: 'workflow_missing' })];

describe('an open lead without a workflow', () => {
  beforeEach(() => world.takeJobs());

  it.each(['fact', 'score', 'pool'] as const)('is about to start while its %s ring waits', async (bell) => {
    await addJob(world.dataSource.manager, { name: 'ring', payload: { leadId: world.worked, bell } });
    expect(await world.findings(await withoutWorked())).toEqual([]);
    expect(await world.findings(await withoutWorked(), world.worked)).toEqual([]);
  });

  it('is missed when only another lead is about to be rung, or its ring is given up', async () => {
    const ring = (leadId: string) =>
      addJob(world.dataSource.manager, { name: 'ring', payload: { leadId, bell: 'fact' } });
    await ring(world.queued);
    expect(await world.findings(await withoutWorked())).toEqual(missing());
    await ring(world.worked);
    await world.query('update graphile_worker._private_jobs set attempts = max_attempts');
    expect(await world.findings(await withoutWorked())).toEqual(missing());
  });
});
