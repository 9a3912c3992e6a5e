import { beforeAll, describe, expect, it } from '@jest/globals';
import { verify, type VerifyStep } from '../../src/audit/verify.js';
import { createStepTask } from '../../src/playbooks/step.task.js';
import { DAY } from '../../src/domain/time.js';
import { asRep, ADMIN, TEST_KEY } from '../db/world.js';
import { PLAYBOOK_POLICY } from '../domain/playbooks/policies.js';
import { useAuditedWorld } from './audited-world.js';

const world = useAuditedWorld();
let lead = '';

describe('verify of playbooks and tracks', () => {
  beforeAll(async () => {
    await world.use(PLAYBOOK_POLICY);
    lead = await world.lead({ fields: { country: 'de' }, events: [world.event('demo_request')] });
    const rep = (await world.holder(lead)) ?? '';
    await world.command(lead, 'first_response', { channel: 'call' }, asRep(rep));
    await world.command(lead, 'recycle', { reason: 'cooled' }, asRep(rep));
    await world.command(lead, 'hand_off', { reason: 'asked', pool: null }, ADMIN);
    const next = (await world.holder(lead)) ?? '';
    await world.command(lead, 'reject', { reason: 'bad_timing' }, asRep(next));
    const [stay] = await world.query<{ seq: number }>(
      `select seq from track_enrolment where lead_id = $1 and track = 'warm-up' and left_at is null`,
      [lead],
    );
    world.clock.advance(3 * DAY);
    const { dataSource, policies, clock } = world;
    const step = createStepTask({ dataSource, policies, clock, journalKey: TEST_KEY });
    await step({ leadId: lead, track: 'warm-up', seq: stay!.seq }, undefined as never);
    await world.tamper('drop schema kept cascade');
    await world.keepCopy();
  });

  const findings = async (): Promise<VerifyStep[]> => {
    const { dataSource, clock } = world;
    const keys = new Map([[TEST_KEY.id, TEST_KEY.key]]);
    const steps: VerifyStep[] = [];
    for await (const step of verify({ dataSource, clock, keys, gateway: null }, { lead })) steps.push(step);
    return steps.filter(({ type }) => type === 'finding');
  };

  it('finds nothing where all is what it must be, steps of tracks included', async () => {
    const [counts] = await world.query<{ tasks: number; stays: number; steps: number }>(
      `select (select count(*) from task where lead_id = $1) as tasks,
              (select count(*) from track_enrolment where lead_id = $1) as stays,
              (select count(*) from delivery where lead_id = $1 and part <> '') as steps`,
      [lead],
    );
    expect(counts).toEqual({ tasks: 1, stays: 5, steps: 1 });
    expect(await findings()).toEqual([]);
  });

  it.each([
    ['a task that is gone', `delete from task where lead_id = $1`, 'task'],
    ['a task with another title', `update task set title = 'Never mind' where lead_id = $1`, 'task'],
    [
      'what a playbook said',
      `delete from delivery where lead_id = $1 and rule = 'call' and about = 'playbook'`,
      'delivery',
    ],
    ['a stay in a track', `delete from track_enrolment where lead_id = $1`, 'track_enrolment'],
    [
      'a track that was left',
      `update track_enrolment set left_at = null where lead_id = $1 and left_at is not null`,
      'track_enrolment',
    ],
  ])('finds %s', async (_what, sql, table) => {
    await world.tamper(sql, [lead]);
    expect(await findings()).toEqual([
      {
        type: 'finding',
        finding: expect.objectContaining({
          kind: 'projection_differs',
          what: expect.stringContaining(table),
        }),
      },
    ]);
  });

  it('finds a text that the policy does not say, although every hash is right', async () => {
    await world.forge(
      lead,
      (row) => JSON.parse(JSON.stringify(row).replace('within two', 'within ten')) as never,
    );
    expect(await findings()).toEqual([
      { type: 'finding', finding: expect.objectContaining({ kind: 'result_differs' }) },
    ]);
  });

  it('finds an answer about fields that belongs to no question', async () => {
    await world.forge(
      lead,
      (row) => JSON.parse(JSON.stringify(row).replace('"id":"greet","kind"', '"id":"grate","kind"')) as never,
    );
    expect(await findings()).toEqual([
      { type: 'finding', finding: expect.objectContaining({ kind: 'fact_differs' }) },
    ]);
  });
});
