import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { projectRoot } from '../embedded/project-root.js';
import type { DataSet } from '../play/data-set.js';
import type { FasterPolicy } from '../play/faster-policy.js';
import type { PlayOptions } from '../play/play.js';
import { requireKey, withApi } from './feed.js';

interface Options {
  readonly data?: string;
  readonly leads: string;
  readonly from?: string;
  readonly seed: string;
  readonly speed?: string;
  readonly rate?: string;
  readonly moving?: string;
  readonly log?: string;
  readonly timeout: string;
  readonly url: string;
  readonly key?: string;
}

/** `baton generate` and `baton play`: made-up leads, and somebody who plays the people around leads. */
export function register(program: Command): void {
  program
    .command('generate')
    .description('write the files of a data set with made-up leads')
    .argument('<data set>', 'marketplace or education')
    .option('--leads <number>', 'how many leads', '500')
    .option('--seed <number>', 'another seed, other leads', '7')
    .option('--out <folder>', 'where to write them', '.')
    .action(async (name: string, { leads, seed, out }: { leads: string; seed: string; out: string }) => {
      const { generateDataSet } = await import('../../examples/data-sets.js');
      const options = { leads: whole('--leads', leads), seed: whole('--seed', seed) };
      const files = await generateDataSet(name, resolve(out), options);
      console.log(`Wrote ${options.leads} made-up leads to ${resolve(out)}: ${files.join(', ')}.`);
    });
  withApi(
    program
      .command('play')
      .description('play a data set as live traffic: its leads come in, its people answer')
      .argument('<data set>', 'marketplace or education')
      .option('--data <folder>', 'folder with the real files; made-up leads if absent')
      .option('--leads <number>', 'how many leads', '500')
      .option('--from <date>', 'marketplace: first contact on this day or later')
      .option('--seed <number>', 'decides who accepts, declines, stays silent, and when', '7')
      .option('--speed <number>', 'divides every duration of policy and data; absent: as the data set says')
      .option('--rate <leads>', 'leads that come in a second; absent: as the data set says')
      .option('--moving <leads>', 'none comes in while so many are not at rest')
      .option('--log <file>', 'write all that was sent, decided and answered, one JSON object per line')
      .option('--timeout <minutes>', 'give up after so long', '60'),
  ).action(async (name: string, options: Options) => {
    process.exitCode = (await run(name, options)) ? 0 : 1;
  });
}

/** The product may restart meanwhile, its machine may be busy: every request waits for so long. */
const PATIENCE_MS = 5 * 60_000;
const LONGEST_PAUSE_MS = 1_000;

/** @returns whether everything holds that must */
async function run(name: string, options: Options): Promise<boolean> {
  const { openDataSet } = await import('../../examples/data-sets.js');
  const { createBatonApi } = await import('../feed/baton-api.js');
  const { play } = await import('../play/play.js');
  const { allHold, playTable } = await import('../play/table.js');
  const { progressBar } = await import('./progress-bar.js');
  const [leads, seed] = [whole('--leads', options.leads), whole('--seed', options.seed)];
  const data = await openDataSet(name, {
    examples: join(projectRoot(), 'examples'),
    folder: options.data === undefined ? null : resolve(options.data),
    leads,
    seed,
    from: options.from,
  });
  const speed = options.speed === undefined ? data.speed : whole('--speed', options.speed);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('stopped; the same command goes on from here')));
  let retries = 0;
  const api = createBatonApi({
    url: options.url,
    key: requireKey(options.key),
    patienceMs: PATIENCE_MS,
    longestPauseMs: LONGEST_PAUSE_MS,
    onRetry: () => (retries += 1),
    signal: stop.signal,
  });
  const bar = progressBar('leads at rest');
  const { tally, invariants, seconds } = await play({
    api,
    data,
    seed,
    speed,
    rate: optional('--rate', options.rate),
    mostMoving: optional('--moving', options.moving),
    logFile: options.log ?? null,
    timeoutMs: whole('--timeout', options.timeout) * 60_000,
    signal: stop.signal,
    onSetUp: (ready, faster) => {
      for (const line of [...opening(data, speed, faster), ...warnings(ready)]) bar.print(line);
    },
    onProgress: ({ captured, moving }) => bar.update(Math.max(0, captured - moving), data.leads.length),
  }).finally(() => bar.stop());
  console.log(
    `\n${data.leads.length} leads played in ${Math.round(seconds)} s; ${retries} requests had to be sent again.`,
  );
  console.log(`\n${playTable(tally, invariants, speed)}`);
  return allHold(invariants);
}

function opening(data: DataSet, speed: number, { policy, floored }: FasterPolicy): readonly string[] {
  const reps = data.pools.map(({ id, reps: members }) => `${members.length} reps in ${id}`).join(', ');
  return [
    `Playing ${data.leads.length} leads of ${data.name}, ${speed} times as fast, with ${reps}, by the policy ${policy.name}.`,
    ...floored.map(
      ({ path, is, wanted }) => `floor: ${path} is ${is}; ${speed} times as fast is ${seconds(wanted)}`,
    ),
    ...oddLines(data),
  ];
}

/** What is odd about the leads, each thing once. */
function oddLines({ leads }: DataSet): readonly string[] {
  const odd = new Map<string, string[]>();
  for (const lead of leads) {
    for (const what of lead.odd) odd.set(what, [...(odd.get(what) ?? []), lead.externalId]);
  }
  return [...odd].map(([what, [first = '', ...others]]) =>
    others.length === 0 ? `odd: ${first}: ${what}` : `odd: ${first} and ${others.length} more: ${what}`,
  );
}

const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(2))} s`;

function warnings({ leads, before }: Parameters<NonNullable<PlayOptions['onSetUp']>>[0]): readonly string[] {
  if (leads === 0) return [];
  return [
    `This Baton held ${leads} leads before: leads of others are not compared with its reports, and new leads ` +
      `get the play's policy from now on (before: ${before ?? 'none'}).`,
  ];
}

const optional = (option: string, text: string | undefined): number | undefined =>
  text === undefined ? undefined : whole(option, text);

function whole(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new Error(`${option} must be a whole number from 1 on, not "${text}"`);
}
