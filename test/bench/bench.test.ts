import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { ask } from '../support/protocol.js';
import { connectTestTemporal, type TestTemporal } from '../support/temporal.js';
import type { Line } from './measure/table.js';
import { accept } from './parts/accept.js';
import { BareRows } from './parts/bare-rows.js';
import { handOff } from './parts/hand-off.js';
import { ingestAsService } from './parts/ingest.js';
import type { Bench, Part } from './parts/part.js';
import { scoring } from './parts/scoring.js';
import { captureQuietly, type Company, openCompany } from './site/company.js';
import { forkWorker } from './workers/fork-worker.js';

/** As small as can be: that it runs and counts, not how fast. */
const SIZES = {
  ...{ runs: 2, inFlight: 2, leads: 4, accepts: 2, scoredEvents: 200 },
  ...{ ingestLeads: 6, ingestEvents: 12 },
  ...{ httpLeads: 0, memoryLeads: 0, openFew: 0, openMany: 0 },
};

/** Two worker processes translate and bundle their code first, beside whatever else runs here. */
const PATIENCE = 300_000;

const folder = mkdtempSync(join(tmpdir(), 'baton bench '));
let database: TestDatabase | undefined;
let temporal: TestTemporal | undefined;
let company: Company;

beforeAll(async () => {
  database = await createTestDatabase();
  temporal = await connectTestTemporal({ ownNamespace: true });
  const { metricsUrl } = await ask('temporal');
  const { address, namespace } = temporal;
  company = await openCompany({
    temporalOn: 'sqlite',
    databaseUrl: database.databaseUrl,
    superuserUrl: database.superuserUrl,
    temporal: { address, namespace, metricsUrl, pid: null },
    stop: () => Promise.resolve(),
  });
}, 60_000);

afterAll(async () => {
  await company.close();
  await temporal?.close();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function run(part: Part): Promise<readonly Line[]> {
  const stops: (() => Promise<void>)[] = [];
  const bench: Bench = {
    ...{ company, folder, sizes: SIZES },
    say: () => undefined,
    onEnd: (stop) => void stops.push(stop),
    async worker(kind) {
      const { site, journalKey } = company;
      const worker = await forkWorker({ site, kind, journalKey, folder });
      stops.push(() => worker.stop());
      return worker;
    },
  };
  try {
    return await part(bench);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

const about = (lines: readonly Line[], what: string): Line => {
  const line = lines.find((one) => one.what.startsWith(what));
  if (line === undefined) throw new Error(`no line says ${what}: ${lines.map((one) => one.what).join('; ')}`);
  return line;
};

describe('the bench', () => {
  it(
    'takes leads through a hand-off in both arms, and counts what that takes',
    async () => {
      const lines = await run(handOff);
      expect(about(lines, 'leads/s')).toMatchObject({ target: { atLeast: 0.7 }, ratio: { runs: 2 } });
      expect(about(lines, 'leads/s').met).not.toBeNull();
      // Three messages, each of them one transaction in either arm.
      const transactions = about(lines, 'transactions per lead');
      expect(transactions.floor?.min).toBeGreaterThanOrEqual(3);
      expect(transactions.value?.min).toBeGreaterThanOrEqual(3);
      for (const what of ['history events', 'workflow tasks', 'Temporal calls', 'Temporal state writes']) {
        const { value, floor } = about(lines, what);
        expect(floor?.min).toBeGreaterThan(0);
        expect(value?.min).toBeGreaterThanOrEqual(1);
      }
      expect(about(lines, 'WAL').value?.min).toBeGreaterThan(0);
    },
    PATIENCE,
  );

  it(
    'accepts one lead at a time, beside three floors',
    async () => {
      const lines = await run(accept);
      expect(lines.map(({ target }) => target)).toEqual([{ atMost: 1.5 }, null, null]);
      for (const { value, floor } of lines) expect([value?.runs, floor?.runs]).toEqual([2, 2]);
    },
    PATIENCE,
  );

  it('scores events beside JSON.parse', async () => {
    const lines = await scoring({ sizes: SIZES, say: () => undefined });
    expect(lines.map(({ target, value, floor }) => [target, value?.runs, floor?.runs])).toEqual(
      Array.from({ length: 2 }, () => [{ atLeast: 200_000 }, 2, 2]),
    );
  });

  it(
    'writes the very rows again that ingest has written, in transactions as they were',
    async () => {
      const bare = await BareRows.connect(company.site.superuserUrl, company.site.databaseUrl);
      try {
        const [before, mark] = [await bare.countAll(), await bare.mark()];
        await captureQuietly(company, 120, 'pricing_page_view');
        const [after, written] = [await bare.countAll(), await bare.readSince(mark, new Set())];
        expect(written.length).toBeGreaterThanOrEqual(2);
        const added = (table: string): number => (after.get(table) ?? 0) - (before.get(table) ?? 0);
        expect([added('lead'), added('journal'), added('event')]).toEqual([120, 120, 120]);

        await bare.clear(mark, new Set());
        expect(await bare.countAll()).toEqual(before);
        const again = await bare.mark();
        expect(await bare.write(written)).toBe(
          [...after.keys()].reduce((sum, table) => sum + added(table), 0),
        );
        expect(await bare.countAll()).toEqual(after);
        expect(await bare.readSince(again, new Set())).toEqual(written);
      } finally {
        await bare.close();
      }
    },
    PATIENCE,
  );

  it(
    'compares ingest with those rows',
    async () => {
      const lines = await run(ingestAsService);
      expect(about(lines, 'leads/s').target).toEqual({ atLeast: 0.3 });
      expect(about(lines, 'events/s').target).toEqual({ atLeast: 0.3 });
      // A lead is a row in lead, profile, two identities, journal, event, score, stage at least.
      expect(about(lines, 'rows written per lead').value?.min).toBeGreaterThanOrEqual(8);
      expect(about(lines, 'rows written per event').value?.min).toBeGreaterThanOrEqual(2);
    },
    PATIENCE,
  );
});
