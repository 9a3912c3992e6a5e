import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { parse, stringify } from 'yaml';
import type { Policy } from '../../src/domain/policy/policy.schema.js';
import { projectRoot } from '../../src/embedded/project-root.js';
import { inLanes } from '../../src/feed/lanes.js';
import { size } from '../support/size.js';
import { must, offersFor, until, useProduct } from './support/product.js';

const MINUTES = 60_000;
const LEADS = size(60, 5_000);
const PER_SECOND = size(15, 100);
const PATIENCE = size(3, 20) * MINUTES;
const CLEAN = 'Clean: nothing differs.';

const first = offersFor('1 hour');
/** Visits to the pricing page are worth twice as much, industry half, and interest fades sooner. */
const other = ((): string => {
  const policy = parse(
    readFileSync(join(projectRoot(), 'examples', 'policies', 'default.yaml'), 'utf8'),
  ) as Policy;
  const { scoring } = policy;
  return stringify({
    ...(parse(first) as Policy),
    name: 'other',
    scoring: {
      ...scoring,
      groups: { ...scoring.groups, engagement: { part: 'implicit', cap: 100, halfLife: '20 days' } },
      fit: scoring.fit.map((rule) => (rule.id === 'industry' ? { ...rule, points: 20 } : rule)),
      events: scoring.events.map((rule) => (rule.id === 'pricing-page' ? { ...rule, points: 50 } : rule)),
    },
  });
})();

const product = useProduct({ policy: first, reps: 3 });

interface Migration {
  readonly id: string;
  readonly state: string;
  readonly leads: number;
  readonly counts: { readonly moved: number; readonly deferred: number; readonly waiting: number };
  readonly changes: readonly unknown[];
}

const post = (path: string, body: object = {}): Promise<unknown> =>
  must(product().send, { method: 'POST', path, body });
const migrationOf = async (id: string): Promise<Migration> =>
  (await must(product().send, { method: 'GET', path: `/v1/policy-migrations/${id}` })) as Migration;
async function untilDone({ id }: Migration): Promise<Migration> {
  await until(`${id} is done`, async () => (await migrationOf(id)).state === 'done', PATIENCE);
  return migrationOf(id);
}

const hashes = async (): Promise<ReadonlyMap<string, string>> => {
  const stored = await product().rows<{ name: string; hash: string }>('select name, hash from policy');
  return new Map(stored.map(({ name, hash }) => [name, hash]));
};

interface Standing {
  readonly id: string;
  readonly situation: string;
  readonly score: number;
}

const standing = (): Promise<readonly Standing[]> =>
  product().rows<Standing & pg.QueryResultRow>(
    `select id, situation, score from lead where situation in ('inquiry', 'mql.early', 'review') order by id`,
  );

const quiet = async (): Promise<boolean> => {
  const [row] = await product().rows<{ waits: string }>(
    `select (select count(*) from graphile_worker._private_jobs where run_at < now())
          + (select count(*) from inbox where not done) as waits`,
  );
  return row?.waits === '0';
};
/** Nothing waits, and for as long as a bell takes nobody has moved. */
async function atRest(): Promise<void> {
  let [stood, since] = ['', Date.now()];
  await until(
    'all leads have come to rest',
    async () => {
      const now = JSON.stringify((await standing()).map(({ id, situation }) => [id, situation]));
      if (now !== stood || !(await quiet())) [stood, since] = [now, Date.now()];
      // Whoever asks without end keeps thousands of leads from coming to rest.
      await new Promise((resolve) => setTimeout(resolve, 500));
      return Date.now() - since > 3_000;
    },
    PATIENCE,
  );
}

const lead = (i: number): object => ({
  externalIds: [{ source: 'crm', id: `lead-${i}` }],
  fields: {
    ...{ industry: i % 3 === 0 ? 'mining' : 'software', company_size: i % 2 === 0 ? 200 : 10 },
    seniority: i % 4 === 0 ? 'head' : 'clerk',
  },
  events: Array.from({ length: i % 5 }, (_, n) => ({
    ...{ source: 'site', id: `visit-${i}-${n}`, kind: 'pricing_page_view' },
    occurredAt: new Date(Date.now() - n * 3_600_000).toISOString(),
  })),
});

describe('open leads that move to another policy', () => {
  it(
    'do what the dry run said, although what moves them is killed on the way, and go back when it is undone',
    async () => {
      await inLanes(
        Array.from({ length: LEADS }, (_, i) => i),
        8,
        async (i) => {
          await post('/v1/leads', lead(i));
        },
      );
      await atRest();
      const before = await standing();
      expect(before.length).toBeGreaterThan(LEADS / 4);
      await must(product().send, {
        ...{ method: 'POST', path: '/v1/policies', body: other, type: 'application/yaml' },
      });
      const to = (await hashes()).get('other') ?? '';

      const dry = await untilDone(
        (await post(`/v1/policies/${to}/migrate`, { dryRun: true, perSecond: 1_000 })) as Migration,
      );
      expect(dry.leads).toBe(LEADS);
      expect(dry.changes.length).toBeGreaterThan(0);
      expect(dry.counts.deferred).toBeGreaterThan(0);
      expect(await standing()).toEqual(before);

      await product().activate(other);
      const moving = (await post(`/v1/policies/${to}/migrate`, { perSecond: PER_SECOND })) as Migration;
      const moved = (share: number) =>
        until(
          `${share} of the leads are on their way`,
          async () => {
            const { leads, counts } = await migrationOf(moving.id);
            return leads === LEADS && counts.waiting <= LEADS * (1 - share);
          },
          PATIENCE,
        );
      await moved(0.1);
      await product().kill('worker');
      await moved(0.4);
      await product().kill('temporal');
      await moved(0.7);
      await product().kill('postgres');
      const done = await untilDone(moving);
      expect({ counts: done.counts, changes: done.changes }).toEqual({
        counts: dry.counts,
        changes: dry.changes,
      });
      expect(await product().verify()).toContain(CLEAN);

      const back = (await post(`/v1/policies/${to}/undo`, { perSecond: 1_000 })) as Migration;
      await product().kill('worker');
      await untilDone(back);
      await atRest();
      const scores = new Map((await standing()).map(({ id, score }) => [id, score]));
      for (const { id, score } of before) {
        const now = scores.get(id);
        // Who was handed to a rep meanwhile is not called back; the others have only faded for these minutes.
        if (now !== undefined)
          expect({ id, faded: Math.abs(score - now) < 10_000 }).toEqual({ id, faded: true });
      }
      const from = (await hashes()).get('offers-1-hour') ?? '';
      expect(
        await product().rows('select id from lead where policy <> $1 and situation = any($2)', [
          from,
          ['inquiry', 'mql.early'],
        ]),
      ).toEqual([]);
      expect(await product().verify()).toContain(CLEAN);
    },
    size(12, 60) * MINUTES,
  );
});
