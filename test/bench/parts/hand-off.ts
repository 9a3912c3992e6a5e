import { inLanes } from '../../../src/feed/lanes.js';
import { historyCounts } from '../../support/temporal.js';
import { interleave, pairsOf, rate, timed } from '../measure/interleave.js';
import { readServerCounts, serverWork } from '../measure/server-counters.js';
import { compare, spreadOf } from '../measure/statistics.js';
import { compared, counted, type Line } from '../measure/table.js';
import type { Company } from '../site/company.js';
import { type Arm, floorArm, inTime, liveThrough, productArm } from './arms.js';
import type { Bench, Part } from './part.js';

/** What one run of one arm came to; all but the first per lead. */
interface Run {
  readonly leadsPerSecond: number;
  readonly transactions: number;
  readonly walKilobytes: number;
  readonly serverCalls: number;
  readonly stateWrites: number;
  readonly events: number;
  readonly workflowTasks: number;
}

export const HAND_OFF_TARGET = { atLeast: 0.7 };
/** Histories that are looked at in each run. */
const HISTORIES = 5;

/** Throughput of hand-offs: rung, offered, accepted, ended; so many leads in flight. */
export const handOff: Part = async (bench) => {
  const { company, sizes, say } = bench;
  const place = { part: 'hand-off', temporal: company.site.temporalOn };
  const product = productArm(company, await bench.worker('product'));
  const floor = floorArm(company, await bench.worker('floor'));
  const warm = Math.max(sizes.inFlight, Math.ceil(sizes.leads / 3));
  for (const arm of [product, floor]) await runOnce(company, arm, warm, sizes.inFlight);
  const runs = await interleave(sizes.runs, {
    value: (run) => {
      say(`hand-off on ${place.temporal}: run ${run + 1} of ${sizes.runs}`);
      return runOnce(company, product, sizes.leads, sizes.inFlight);
    },
    floor: () => runOnce(company, floor, sizes.leads, sizes.inFlight),
  });
  const both = (what: string, number: (run: Run) => number): Line =>
    compared(place, what, compare(pairsOf(runs, number)));
  return [
    compared(
      place,
      `leads/s, ${sizes.inFlight} in flight`,
      compare(pairsOf(runs, (run) => run.leadsPerSecond)),
      HAND_OFF_TARGET,
    ),
    both('history events per lead', (run) => run.events),
    both('workflow tasks per lead', (run) => run.workflowTasks),
    both('Temporal calls per lead', (run) => run.serverCalls),
    both('Temporal state writes per lead', (run) => run.stateWrites),
    both('transactions per lead', (run) => run.transactions),
    place.temporal === 'sqlite'
      ? counted(place, 'WAL per lead, kB', spreadOf(runs.map(({ value }) => value.walKilobytes)))
      : both("WAL per lead with Temporal's, kB", (run) => run.walKilobytes),
  ];
};

/** New leads through all of their hand-off. */
export async function runOnce(company: Company, arm: Arm, count: number, inFlight: number): Promise<Run> {
  const { client, counters, site } = company;
  const { worker } = arm;
  const leads = await arm.prepare(count);
  await worker.tellStatistics();
  const [databaseBefore, serverBefore] = [
    await counters.read(),
    await readServerCounts(client, site.temporal.metricsUrl),
  ];

  const milliseconds = await timed(() => inLanes(leads, inFlight, (lead) => liveThrough(arm, lead)));
  // The last ones are still closing; the next run starts with nobody else about.
  const handles = leads.slice(-inFlight).map((lead) => client.workflow.getHandle(arm.workflowId(lead)));
  await inTime(client, () => Promise.all(handles.map((handle) => handle.result())));

  const serverAfter = await readServerCounts(client, site.temporal.metricsUrl);
  const own = await worker.tellStatistics();
  const databaseAfter = await counters.read();
  const histories = await Promise.all(handles.slice(0, HISTORIES).map(historyCounts));
  const mean = (numbers: readonly number[]): number =>
    numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const server = serverWork(serverBefore, serverAfter);
  return {
    leadsPerSecond: rate(count, milliseconds),
    transactions: (databaseAfter.transactions - databaseBefore.transactions - own) / count,
    walKilobytes: (databaseAfter.walBytes - databaseBefore.walBytes) / 1024 / count,
    serverCalls: server.calls / count,
    stateWrites: server.stateWrites / count,
    events: mean(histories.map(({ events }) => events)),
    workflowTasks: mean(histories.map(({ workflowTasks }) => workflowTasks)),
  };
}

/** The same for a bench that only asks for the throughput. */
export const throughput = async (bench: Bench, arm: Arm): Promise<number> =>
  (await runOnce(bench.company, arm, bench.sizes.leads, bench.sizes.inFlight)).leadsPerSecond;
