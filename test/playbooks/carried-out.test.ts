import { beforeEach, describe, expect, it } from '@jest/globals';
import { DAY, HOUR } from '../../src/domain/time.js';
import { ADMIN, asRep, START, useWorld } from '../db/world.js';
import { PLAYBOOK_POLICY } from '../domain/playbooks/policies.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';

const world = useWorld(async (w) => {
  await w.use(PLAYBOOK_POLICY);
  await w.pool('sdr', ['ana', 'ben']);
  await w.pool('ae', ['eva']);
});

beforeEach(async () => {
  world.clock.set(START);
  await world.takeJobs();
});

interface TaskRow {
  title: string;
  status: string;
  rep_id: string | null;
  team: string;
  due_at: number;
  finished_by: unknown;
}
const tasks = (lead: string): Promise<TaskRow[]> =>
  world.query('select * from task where lead_id = $1 order by seq, i, part', [lead]);
const told = (lead: string) =>
  world.query<{ about: string; rule: string; topic: string | null; text: string | null; recipient: string }>(
    `select about, rule, topic, text, recipient_kind, recipient from delivery
      where lead_id = $1 and rule is not null order by seq, i`,
    [lead],
  );
const inTracks = (lead: string) =>
  world.query<{ track: string; left: boolean }>(
    `select track, left_at is not null as left from track_enrolment where lead_id = $1 order by seq, track`,
    [lead],
  );
const tagsOf = async (lead: string): Promise<readonly string[]> => {
  const [row] = await world.query<{ state: string }>('select state from lead where id = $1', [lead]);
  return (JSON.parse(row!.state) as { tags: string[] }).tags;
};

const raised = async (): Promise<{ lead: string; rep: string }> => {
  const lead = await world.lead({ events: [world.event('demo_request')] });
  return { lead, rep: (await world.holder(lead)) ?? '' };
};
const accepted = async (): Promise<{ lead: string; rep: string }> => {
  const { lead, rep } = await raised();
  await world.command(lead, 'first_response', { channel: 'call' }, asRep(rep));
  expect(await world.situation(lead)).toBe('sal');
  return { lead, rep };
};

describe('a playbook', () => {
  it('tells, tags and gives tasks in the transaction of its row', async () => {
    const { lead, rep } = await accepted();
    expect(await tasks(lead)).toMatchObject([
      { title: `Call ${lead}, ${rep}`, status: 'open', rep_id: rep, team: 'sales', due_at: START + 2 * HOUR },
    ]);
    expect(await told(lead)).toMatchObject([
      { about: 'playbook', rule: 'prepare', topic: null, text: `${lead} comes: mql.advanced by hand_raised` },
      { about: 'playbook', rule: 'call', text: 'Call within two hours', recipient: rep },
    ]);
    expect(await tagsOf(lead)).toEqual(['working']);
  });

  it('looks at the fields of a lead that is captured by the same request', async () => {
    const german = await world.lead({ fields: { country: 'DE' } });
    expect(await told(german)).toMatchObject([{ rule: 'greet', topic: 'greet_lead', text: null }]);
    expect(await tagsOf(german)).toEqual(['greeted']);
    const french = await world.lead({ fields: { country: 'fr' } });
    expect(await told(french)).toEqual([]);
    expect(await tagsOf(french)).toEqual([]);
    const [row] = await world.rows(french);
    expect(row?.facts).toContainEqual({
      answer: 'fields',
      rule: { kind: 'playbook', id: 'greet' },
      fulfilled: false,
    });
    expect(JSON.stringify(row)).not.toContain('"fr"');
  });

  it('looks at stored fields later', async () => {
    const events = [world.event('pricing_page')];
    const german = await world.lead({ fields: { industry: 'software', country: 'de' }, events });
    expect(await world.situation(german)).toBe('mql.early');
    expect(await inTracks(german)).toContainEqual({ track: 'regional', left: false });
    const french = await world.lead({
      fields: { industry: 'software', country: 'fr' },
      events: [world.event('pricing_page')],
    });
    expect(await world.situation(french)).toBe('mql.early');
    expect(await inTracks(french)).toEqual([{ track: 'newsletter', left: false }]);
  });

  it('is carried out once, also when its command comes again or twice at once', async () => {
    const { lead, rep } = await raised();
    const { inputId } = await world.store(lead, 'first_response', { channel: 'call' }, asRep(rep), 'once');
    const answers = await Promise.all([1, 2, 3].map(() => world.decide(lead, inputId)));
    expect(new Set(answers.map((answer) => answer.seq)).size).toBe(1);
    await world.decide(lead, inputId);
    await world.run(lead);
    expect(await tasks(lead)).toHaveLength(1);
    expect((await told(lead)).filter(({ rule }) => rule === 'call')).toHaveLength(1);
  });

  it('that is applied twice by force makes one task: its cause is unique', async () => {
    const { lead } = await accepted();
    await expect(
      world.query(
        `insert into task (id, lead_id, seq, i, part, playbook, title, assignee, team, cancel_on, stage, due_at, created_at)
         select 'again', lead_id, seq, i, part, playbook, title, assignee, team, cancel_on, stage, due_at, created_at
           from task where lead_id = $1`,
        [lead],
      ),
    ).rejects.toThrow(/unique/);
  });
});

describe('an open task', () => {
  it('for the owner follows the lead to another one', async () => {
    const { lead, rep } = await accepted();
    const other = rep === 'ana' ? 'ben' : 'ana';
    await world.command(lead, 'reassign', { rep: other, reason: null }, ADMIN);
    expect(await tasks(lead)).toMatchObject([{ status: 'open', rep_id: other, team: 'sales' }]);
  });

  it('that is for a stage is cancelled when the lead leaves it, by whoever moved it', async () => {
    const { lead, rep } = await accepted();
    await world.command(lead, 'recycle', { reason: 'cooled' }, asRep(rep));
    expect(await tasks(lead)).toMatchObject([
      { status: 'cancelled', rep_id: rep, finished_by: { kind: 'rep', id: rep, onBehalfOf: null } },
    ]);
  });

  it('that was done stays done', async () => {
    const { lead, rep } = await accepted();
    await world.query(`update task set status = 'done', finished_at = now() where lead_id = $1`, [lead]);
    await world.command(lead, 'recycle', { reason: 'cooled' }, asRep(rep));
    expect(await tasks(lead)).toMatchObject([{ status: 'done', finished_by: null }]);
  });

  it('ends with the journey unless it is to be done all the same', async () => {
    const { lead, rep } = await accepted();
    await world.command(
      lead,
      'qualification',
      { criterion: 'budget', answer: 'confirmed', confidence: null },
      asRep(rep),
    );
    await world.command(lead, 'qualify', {}, asRep(rep));
    await world.command(lead, 'accept', {}, asRep('eva'));
    await world.command(lead, 'won', { amount: null, currency: null }, asRep('eva'));
    const onboarding = (await tasks(lead)).slice(1);
    // Given by the end itself, so not over with it.
    expect(onboarding).toMatchObject([
      { title: 'Arrange the kick-off', status: 'open', rep_id: 'eva', team: 'sales' },
      { title: 'Ask for a reference', status: 'open', rep_id: null, team: 'marketing' },
    ]);
    const { inputId } = await world.store(lead, 'reopen', { reason: 'mistake' }, ADMIN);
    await world.applyDirectly(lead, inputId);
    await world.run(lead);
    // Nobody owns it now: the team's.
    expect((await tasks(lead)).slice(1)).toMatchObject([
      { status: 'open', rep_id: null, team: 'marketing' },
      { status: 'open' },
    ]);
    await world.command(lead, 'disqualify', { reason: 'student' }, ADMIN);
    expect((await tasks(lead)).slice(1)).toMatchObject([{ status: 'cancelled' }, { status: 'open' }]);
  });
});

describe('a track', () => {
  it('is entered with its first step as a job, and left with the stage', async () => {
    const { lead, rep } = await accepted();
    await world.takeJobs();
    await world.command(lead, 'recycle', { reason: 'cooled' }, asRep(rep));
    const [entered] = await world.query<{ seq: number; next_at: number }>(
      `select seq, next_at from track_enrolment where lead_id = $1 and track = 'warm-up'`,
      [lead],
    );
    expect(entered?.next_at).toBe(START + 3 * DAY);
    expect(await world.takeJobs()).toContain(`track.step:${lead}:warm-up:${entered?.seq}`);
    await world.command(lead, 'hand_off', { reason: 'asked', pool: null }, ADMIN);
    expect(await inTracks(lead)).toEqual(
      expect.arrayContaining([
        { track: 'warm-up', left: true },
        { track: 'newsletter', left: false },
      ]),
    );
  });

  it('of another policy is nothing for a lead, and no field of it is asked for', async () => {
    await world.use(TEST_POLICY);
    const lead = await world.hot();
    await world.use(PLAYBOOK_POLICY);
    expect(await inTracks(lead)).toEqual([]);
    expect(
      (await world.rows(lead)).every(({ facts }) => facts.every(({ answer }) => answer !== 'fields')),
    ).toBe(true);
  });
});
