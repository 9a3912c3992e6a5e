import { beforeEach, describe, expect, it } from '@jest/globals';
import { verify } from '../../src/audit/verify.js';
import type { Row } from '../../src/domain/journey/row.js';
import type { Transition } from '../../src/domain/journey/transitions.js';
import type { Policy } from '../../src/domain/policy/policy.schema.js';
import { HOUR, MINUTE } from '../../src/domain/time.js';
import { createChecklistQueries } from '../../src/leads/checklist-queries.js';
import { createEnrichment } from '../../src/leads/enrichment.js';
import type { FieldValue, LeadCapture } from '../../src/leads/ingest.types.js';
import { createLeadQueries } from '../../src/leads/lead-queries.js';
import { createScoreQueries } from '../../src/leads/score-queries.js';
import type { Bell } from '../../src/outbox/jobs.js';
import { createMigrationStep } from '../../src/policies/migration/migration-step.js';
import { createPolicyMigrations } from '../../src/policies/migration/migrations.js';
import { TEST_POLICY } from '../domain/journey/test-policy.js';
import { useRelay } from '../outbox/test-relay.js';
import { ADMIN, START, TEST_KEY, useWorld, type World } from './world.js';

const POLICY: Policy = {
  ...TEST_POLICY,
  scoring: {
    ...TEST_POLICY.scoring,
    mustHaves: [
      { id: 'size', field: 'company_size', when: { atLeast: 10 } },
      { id: 'mail', field: 'email_valid', when: { in: ['true'] } },
    ],
  },
  disqualifiers: [{ id: 'rival', field: 'company_domain', when: { in: ['rival.com'] }, reason: 'student' }],
  profiling: {
    mostAtOnce: 1,
    questions: [
      { field: 'industry', question: 'Which industry?', why: 'To show what fits', sensitivity: 1 },
      { field: 'company_size', question: 'How many are you?', why: 'To show what fits', sensitivity: 3 },
    ],
  },
  enrichment: {
    precedence: ['vendor', 'capture'],
    connectors: ['email_domain', 'contact_validity'],
    waitFor: ['size'],
    atMost: '2 hours',
  },
};

const rung: string[] = [];
const relay = useRelay({
  world: () => world,
  gateway: () => ({ ring: (lead: string, bell: Bell) => Promise.resolve(void rung.push(`${bell} ${lead}`)) }),
});
const world: World = useWorld(async (w) => {
  await w.use(POLICY);
  await w.pool('sdr', ['ana', 'ben', 'cem']);
});

beforeEach(async () => {
  world.clock.set(START);
  rung.length = 0;
  await world.takeJobs();
});

let n = 0;
/** What a source says of a lead, and whether it was new. */
async function say(
  lead: string,
  source: string,
  fields: Record<string, FieldValue>,
  occurredAt = world.clock.now(),
  id = `f${++n}`,
): Promise<string> {
  const enrichment = createEnrichment(world);
  return (await enrichment.record(lead, { source, id, fields, occurredAt }, ADMIN)).status;
}
const hot = (capture: Partial<LeadCapture> = {}): Promise<string> =>
  world.lead({
    fields: { industry: 'software' },
    events: [1, 2, 3].map(() => world.event('pricing_page')),
    ...capture,
  });
const detail = (lead: string) => createLeadQueries(world).detail(lead);
const reading = async (lead: string) => {
  const asked = { at: null, as: 'known', before: null, limit: 1 } as const;
  return (await createScoreQueries(world).score(lead, asked)).reading;
};
const transitions = (rows: readonly Row[]): readonly Transition[] =>
  rows.flatMap(({ result }) => ('transitions' in result ? result.transitions : []));
const handOffs = async (lead: string): Promise<number> =>
  transitions(await world.rows(lead)).filter(({ type }) => type === 'hand_off_opened').length;

/** Journal, ledger and projections of a lead say the same. */
async function expectSound(lead: string): Promise<void> {
  const keys = new Map([[TEST_KEY.id, TEST_KEY.key]]);
  const { dataSource, clock } = world;
  for await (const step of verify({ dataSource, clock, keys, gateway: null }, { lead })) {
    expect(step).not.toMatchObject({ type: 'finding' });
  }
}

describe('what sources say of a lead', () => {
  it('counts in the order of the policy, is kept beside what others say, and is shown where they differ', async () => {
    const lead = await world.capture({ fields: { company_size: 5, industry: 'software' } });
    expect(await say(lead, 'registry', { company_size: 70 })).toBe('recorded');
    expect((await detail(lead)).effective).toEqual({ company_size: { value: 5, source: 'capture' } });
    world.clock.set(START + MINUTE);
    expect(await say(lead, 'vendor', { company_size: 40, industry: 'software' })).toBe('recorded');
    const { effective, conflicts, profile } = await detail(lead);
    expect(profile?.fields).toEqual({ company_size: 5, industry: 'software' });
    expect(effective).toEqual({
      company_size: { value: 40, source: 'vendor' },
      industry: { value: 'software', source: 'vendor' },
    });
    expect(conflicts).toEqual([
      {
        field: 'company_size',
        values: [
          { source: 'vendor', value: 40, recordedAt: START + MINUTE },
          { source: 'capture', value: 5, recordedAt: START },
          { source: 'registry', value: 70, recordedAt: START },
        ],
      },
    ]);
  });

  it('is taken once, and by its newest word, in whatever order its words arrive', async () => {
    const lead = await world.capture();
    expect(await say(lead, 'vendor', { company_size: 40 }, START, 'same')).toBe('recorded');
    expect(await say(lead, 'vendor', { company_size: 3 }, START - HOUR)).toBe('recorded');
    expect((await detail(lead)).effective).toMatchObject({ company_size: { value: 40 } });
    expect(await say(lead, 'vendor', { company_size: 50 }, START + 1, 'same')).toBe('duplicate');
    expect((await detail(lead)).effective).toMatchObject({ company_size: { value: 40 } });
    expect(await say(lead, 'vendor', { company_size: null }, START + MINUTE)).toBe('recorded');
    expect((await detail(lead)).effective).toEqual({});
  });

  it('comes in batches with the events of leads, too', async () => {
    const lead = await world.capture();
    const properties = { company_size: 40, industry: 'software' };
    const event = { ...world.event('enrichment'), source: 'vendor', properties, lead: { id: lead } };
    const results = await world.ingest.recordEvents([event, { ...event, id: 'other' }], ADMIN);
    expect(results.map(({ status }) => status)).toEqual(['recorded', 'recorded']);
    expect(await reading(lead)).toMatchObject({ explicit: 80_000_000, failed: [] });
  });

  it('is scored as if the lead had said it, and taken back with it', async () => {
    const lead = await world.capture({ fields: { industry: 'software', company_size: 3 } });
    expect(await reading(lead)).toMatchObject({ explicit: 80_000_000, failed: ['size'], unknown: ['mail'] });
    await say(lead, 'vendor', { industry: 'farming', company_size: 40 });
    expect(await reading(lead)).toMatchObject({ explicit: 0, failed: [] });
    world.clock.set(START + MINUTE);
    await say(lead, 'vendor', { industry: null, company_size: null });
    expect(await reading(lead)).toMatchObject({ explicit: 80_000_000, failed: ['size'] });
    const before = { at: START, as: 'known', before: null, limit: 1 } as const;
    const then = (await createScoreQueries(world).score(lead, before)).reading;
    expect(then).toMatchObject({ explicit: 0, failed: [], unknown: ['mail'] });
    await expectSound(lead);
  });

  it('disqualifies', async () => {
    const lead = await hot();
    await say(lead, 'vendor', { company_domain: 'rival.com' });
    await world.run(lead);
    expect(await world.situation(lead)).toBe('disqualified');
  });
});

describe('connectors', () => {
  it('find out what address and telephone tell, once for each change, and their facts count', async () => {
    world.clock.set(Date.now());
    const keys = { externalIds: [{ source: 'crm', id: 'contact' }], email: 'ada@eu.acme.com' };
    const lead = await world.capture({ keys, phone: '030 901820', fields: { country: 'DE' } });
    await relay().drain();
    expect((await detail(lead)).effective).toEqual({
      company_domain: { value: 'acme.com', source: 'email_domain' },
      email_valid: { value: true, source: 'contact_validity' },
      phone_valid: { value: true, source: 'contact_validity' },
      phone_e164: { value: '+4930901820', source: 'contact_validity' },
    });
    expect(await reading(lead)).toMatchObject({ unknown: ['size'] });
    await world.capture({ keys, title: 'Countess' });
    await relay().drain();
    const brought = `select count(*)::int as n from event where lead_id = $1 and kind = 'enrichment'`;
    expect(await world.query(brought, [lead])).toEqual([{ n: 2 }]);

    world.clock.set(Date.now() + MINUTE);
    await world.capture({ keys, phone: null });
    await relay().drain();
    expect((await detail(lead)).effective).toEqual({
      company_domain: { value: 'acme.com', source: 'email_domain' },
      email_valid: { value: true, source: 'contact_validity' },
    });
  });
});

describe('must-haves', () => {
  it('keep a lead that fails one with marketing, until it fails none', async () => {
    const lead = await hot({ fields: { industry: 'software', company_size: 3 } });
    expect(await world.situation(lead)).toBe('mql.advanced');
    const answer = await world.command(lead, 'hand_off', { reason: 'known', pool: null }, ADMIN);
    expect(answer).toMatchObject({ code: 'must_have_failed' });
    const { mustHaves } = await createChecklistQueries(world).checklist(lead);
    expect(mustHaves).toEqual([
      { mustHave: 'size', field: 'company_size', state: 'failed' },
      { mustHave: 'mail', field: 'email_valid', state: 'unknown' },
    ]);
    await world.takeJobs();
    await say(lead, 'vendor', { company_size: 40 });
    expect(await world.takeJobs()).toEqual([`ring:score:${lead}`]);
    await world.run(lead);
    expect(await world.situation(lead)).toBe('mql.offered');
    await expectSound(lead);
  });

  it('that are unknown are asked for first', async () => {
    const lead = await world.capture();
    const { questions } = await createEnrichment(world).nextQuestions(lead, null);
    expect(questions).toEqual([
      {
        ...{ field: 'company_size', question: 'How many are you?', why: 'To show what fits' },
        ...{ sensitivity: 3, mustHave: true },
      },
    ]);
    await say(lead, 'vendor', { company_size: 40 });
    const next = await createEnrichment(world).nextQuestions(lead, null);
    expect(next.questions.map(({ field }) => field)).toEqual(['industry']);
  });
});

describe('a hand-off for which something is missing', () => {
  it('waits for it, and begins exactly once when it comes', async () => {
    const lead = await hot();
    expect(await world.situation(lead)).toBe('mql.advanced');
    const [waits] = await world.query<{ wake_at: number }>('select wake_at from lead where id = $1', [lead]);
    expect(waits?.wake_at).toBe(START + 2 * HOUR);
    await world.takeJobs();
    world.clock.set(START + HOUR);
    await say(lead, 'vendor', { company_size: 40 });
    expect(await world.takeJobs()).toEqual([`ring:score:${lead}`]);
    await world.run(lead);
    expect(await world.situation(lead)).toBe('mql.offered');
    expect(transitions(await world.rows(lead))).not.toContainEqual(
      expect.objectContaining({ type: 'sent_incomplete' }),
    );
    world.clock.set(START + 2 * HOUR);
    await world.run(lead);
    expect(await handOffs(lead)).toBe(1);
    await expectSound(lead);
  });

  it('begins exactly once at the limit without it, and the row says so', async () => {
    const lead = await hot();
    world.clock.set(START + 2 * HOUR - 1);
    await world.run(lead);
    expect(await world.situation(lead)).toBe('mql.advanced');
    world.clock.set(START + 2 * HOUR);
    const { summary } = await world.apply({ leadId: lead, at: world.clock.now(), command: null });
    expect(summary).toMatch(/^hand-off to sdr → without size → offered /);
    await world.run(lead);
    expect(await world.situation(lead)).toBe('mql.offered');
    const sent = { type: 'sent_incomplete', missing: ['size'] };
    expect(transitions(await world.rows(lead))).toContainEqual(sent);
    await say(lead, 'vendor', { company_size: 40 });
    await world.run(lead);
    expect(await handOffs(lead)).toBe(1);
    await expectSound(lead);
  });

  it('does not wait where the lead raises its hand, whatever it fails', async () => {
    const lead = await hot({ events: [world.event('demo_request')] });
    expect(await world.situation(lead)).toBe('mql.assigned');
    const sent = { type: 'sent_incomplete', missing: ['size'] };
    expect(transitions(await world.rows(lead))).toContainEqual(sent);
    const small = await hot({ fields: { company_size: 3 }, events: [world.event('demo_request')] });
    expect(await world.situation(small)).toBe('mql.assigned');
  });
});

describe('a migration to a policy that believes others first', () => {
  it('hands off whom they clear of a failed must-have, as a dry run foresees', async () => {
    const lead = await hot({ fields: { industry: 'software', company_size: 3 } });
    await say(lead, 'registry', { company_size: 40 });
    await world.run(lead);
    expect(await world.situation(lead)).toBe('mql.advanced');
    const enrichment = { ...POLICY.enrichment!, precedence: ['registry', 'capture'] };
    const to = await world.use({ ...POLICY, name: 'believes', enrichment });
    const { dataSource, policies, clock } = world;
    const deps = { dataSource, policies, clock, journalKey: TEST_KEY };
    const migrate = async (dryRun: boolean): Promise<string | null | undefined> => {
      const wish = { dryRun, perSecond: 1_000 };
      const { id } = await dataSource.transaction((tx) =>
        createPolicyMigrations(deps).migrate(tx, to, wish, ADMIN),
      );
      const step = createMigrationStep(deps);
      for (let done = false; !done;) {
        ({ done } = await step(id));
        for (const key of await world.takeJobs()) {
          const [, rings] = /^ring:\w+:(.+)$/.exec(key) ?? [];
          if (rings !== undefined) await world.run(rings);
        }
      }
      const [row] = await world.query<{ after: string | null }>(
        'select after from policy_migration_lead where migration_id = $1 and lead_id = $2',
        [id, lead],
      );
      return row?.after;
    };
    // A dry run offers nothing to anybody.
    expect(await migrate(true)).toBe('mql.queued');
    expect(await world.situation(lead)).toBe('mql.advanced');
    await migrate(false);
    expect(await world.situation(lead)).toBe('mql.offered');
    await expectSound(lead);
    await world.use(POLICY);
  });
});
