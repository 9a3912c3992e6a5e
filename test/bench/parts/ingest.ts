import { randomUUID } from 'node:crypto';
import type { IngestResult, LeadCapture, LeadEvent } from '../../../src/leads/ingest.types.js';
import { interleave, pairsOf, rate, timed } from '../measure/interleave.js';
import { tellStatistics } from '../measure/database-counters.js';
import { compare, spreadOf } from '../measure/statistics.js';
import { compared, counted, type Line } from '../measure/table.js';
import { ADMIN, captureQuietly, type Company, leadLike, POOL_SIZE } from '../site/company.js';
import { startApi } from '../site/processes.js';
import { BareRows, type WrittenRows } from './bare-rows.js';
import type { Bench, Part } from './part.js';

const INGEST_TARGET = { atLeast: 0.3 };
/** What a batch of the API holds at most. */
const BATCH = 1_000;

interface Run {
  readonly perSecond: number;
  readonly transactions: number;
  readonly walKilobytes: number;
  readonly rows: number;
}

/** Ingest as a service call beside bare multi-row INSERTs of every row that it writes. */
export const ingestAsService: Part = async (bench) => {
  const { company, sizes } = bench;
  const bare = await BareRows.connect(company.site.superuserUrl, company.site.databaseUrl);
  bench.onEnd(() => bare.close());
  const leads = (): readonly LeadCapture[] =>
    Array.from({ length: sizes.ingestLeads }, () => leadLike('pricing_page_view'));
  // One event for each lead: of a row that is changed twice the floor would find the last version only.
  const known = await captureQuietly(company, sizes.ingestEvents, 'email_click');
  return [
    ...(await measure(bench, bare, 'ingest of leads', leads, (rows) =>
      company.ingest.captureLeads(rows, ADMIN),
    )),
    ...(await measure(
      bench,
      bare,
      'ingest of events',
      () => eventsOf(known, sizes.ingestEvents),
      (rows) => company.ingest.recordEvents(rows, ADMIN),
    )),
  ];
};

/** The same events over HTTP: what the way through the API costs. */
export const ingestOverHttp: Part = async (bench) => {
  const { company, sizes } = bench;
  const known = await captureQuietly(company, sizes.ingestLeads, 'email_click');
  const api = await startApi(company, bench.folder);
  bench.onEnd(() => api.stop());
  const run = (send: (slice: readonly LeadEvent[]) => Promise<unknown>) => async () => {
    const events = eventsOf(known, sizes.ingestEvents);
    return { perSecond: rate(events.length, await timed(() => sliced(events, send))) };
  };
  const runs = await interleave(sizes.runs, {
    value: run((events) => api.send('/v1/events/batch', { events })),
    floor: run((slice) => company.ingest.recordEvents(slice, ADMIN)),
  });
  await company.dataSource.query('delete from graphile_worker._private_jobs');
  return [
    compared(
      { part: 'ingest of events', temporal: null },
      'events/s over HTTP, floor: the service call',
      compare(pairsOf(runs, ({ perSecond }) => perSecond)),
    ),
  ];
};

/** Events of leads that are known already, in turn. */
const eventsOf = (leads: readonly string[], count: number): readonly LeadEvent[] =>
  Array.from({ length: count }, (_, i) => ({
    lead: { id: leads[i % leads.length] ?? '' },
    source: 'site',
    id: randomUUID(),
    kind: 'email_click',
    properties: { campaign: 'spring' },
  }));

async function sliced<T>(rows: readonly T[], send: (slice: readonly T[]) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < rows.length; i += BATCH) await send(rows.slice(i, i + BATCH));
}

/** One kind of row: taken in, read back, cleared away and written again bare, over and over. */
async function measure<T>(
  bench: Bench,
  bare: BareRows,
  part: string,
  make: () => readonly T[],
  send: (rows: readonly T[]) => Promise<readonly IngestResult[]>,
): Promise<readonly Line[]> {
  const { company, sizes, say } = bench;
  const place = { part, temporal: null };
  const noun = part.replace('ingest of ', '');
  const warmUp = make();
  await sliced(warmUp, send);
  const runs: { value: Run; floor: Run }[] = [];
  for (let i = 0; i < sizes.runs; i++) {
    say(`${part}: run ${i + 1} of ${sizes.runs}`);
    runs.push(await runOnce(company, bare, make(), send));
  }
  return [
    compared(place, `${noun}/s`, compare(pairsOf(runs, ({ perSecond }) => perSecond)), INGEST_TARGET),
    compared(
      place,
      `transactions per 100 ${noun}`,
      compare(pairsOf(runs, ({ transactions }) => transactions * 100)),
    ),
    compared(place, `WAL per ${noun.slice(0, -1)}, kB`, compare(pairsOf(runs, (run) => run.walKilobytes))),
    counted(place, `rows written per ${noun.slice(0, -1)}`, spreadOf(runs.map(({ value }) => value.rows))),
  ];
}

async function runOnce<T>(
  company: Company,
  bare: BareRows,
  input: readonly T[],
  send: (rows: readonly T[]) => Promise<readonly IngestResult[]>,
): Promise<{ value: Run; floor: Run }> {
  await company.dataSource.query('delete from graphile_worker._private_jobs');
  await bare.tidy();
  const [before, mark] = [await bare.countAll(), await bare.mark()];
  const tell = async (): Promise<number> =>
    (await tellStatistics(company.dataSource, POOL_SIZE)) + (await bare.tellStatistics());
  const value = await counting(company, tell, input.length, () =>
    sliced(input, async (slice) => {
      const fault = (await send(slice)).find((result) => result.status === 'fault');
      if (fault !== undefined) throw new Error(`a made-up row is refused: ${JSON.stringify(fault)}`);
    }),
  );
  const after = await bare.countAll();
  const existed = new Set([...after].filter(([table, n]) => n === before.get(table)).map(([table]) => table));
  const transactions = await bare.readSince(mark, existed);
  await bare.clear(mark, existed);
  let rows = 0;
  const floor = await counting(company, tell, input.length, async () => {
    rows = await bare.write(transactions);
  });
  if (rows !== rowsOf(transactions)) throw new Error(`wrote ${rows} rows of ${rowsOf(transactions)}`);
  const written = rows / input.length;
  return { value: { ...value, rows: written }, floor: { ...floor, rows: written } };
}

const rowsOf = (transactions: readonly WrittenRows[]): number =>
  transactions.flat().reduce((sum, { rows }) => sum + rows, 0);

async function counting(
  { counters }: Company,
  tell: () => Promise<number>,
  count: number,
  work: () => Promise<void>,
): Promise<Omit<Run, 'rows'>> {
  await tell();
  const before = await counters.read();
  const took = await timed(work);
  const own = await tell();
  const after = await counters.read();
  return {
    perSecond: rate(count, took),
    transactions: (after.transactions - before.transactions - own) / count,
    walKilobytes: (after.walBytes - before.walBytes) / 1024 / count,
  };
}
