import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { projectRoot } from '../embedded/project-root.js';
import { requireKey, withApi } from './feed.js';

interface Options {
  readonly data?: string;
  readonly leads: string;
  readonly from?: string;
  readonly seed: string;
  readonly log?: string;
  readonly timeout: string;
  readonly url: string;
  readonly key?: string;
}

/** `baton generate` and `baton demo`: example data, and somebody who plays the people in it. */
export function register(program: Command): void {
  program
    .command('generate')
    .description('write the files of an example with made-up leads')
    .argument('<example>', 'marketplace')
    .option('--leads <number>', 'how many leads', '500')
    .option('--seed <number>', 'another seed, other leads', '7')
    .option('--out <folder>', 'where to write them', '.')
    .action(async (example: string, { leads, seed, out }: { leads: string; seed: string; out: string }) => {
      requireMarketplace(example);
      await generate(resolve(out), whole('--leads', leads), whole('--seed', seed));
    });
  withApi(
    program
      .command('demo')
      .description('feed leads to an empty Baton, answer as its reps, and compare the funnels at the end')
      .argument('<example>', 'marketplace')
      .option('--data <folder>', 'folder with mql.csv and closed_deals.csv; made up if absent')
      .option('--leads <number>', 'how many leads', '500')
      .option('--from <date>', 'first contact on this day or later')
      .option('--seed <number>', 'decides who accepts, declines and stays silent', '7')
      .option('--log <file>', "the driver's own log, one JSON object per line")
      .option('--timeout <minutes>', 'give up after so long', '15'),
  ).action(async (example: string, options: Options) => {
    requireMarketplace(example);
    process.exitCode = (await demo(options)) ? 0 : 1;
  });
}

/** A busy machine answers 503 for a while; the demo waits, as its log is to know every answer. */
const PATIENT = 30;

function requireMarketplace(example: string): void {
  if (example !== 'marketplace') throw new Error(`there is no example "${example}"; there is: marketplace`);
}

async function generate(out: string, leads: number, seed: number): Promise<void> {
  const { generateMarketplace } = await import('../../examples/marketplace/generate.js');
  const { mql, deals } = generateMarketplace({ leads, seed });
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'mql.csv'), mql);
  writeFileSync(join(out, 'closed_deals.csv'), deals);
  console.log(`Wrote ${leads} made-up leads to ${join(out, 'mql.csv')} and their deals to closed_deals.csv.`);
}

/** @returns whether everything agrees */
async function demo(options: Options): Promise<boolean> {
  const { drive } = await import('../../examples/marketplace/drive.js');
  const { createBatonApi } = await import('../feed/baton-api.js');
  const { progressBar } = await import('./progress-bar.js');
  const [leads, seed] = [whole('--leads', options.leads), whole('--seed', options.seed)];
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'baton-demo-'));
  if (options.data === undefined) await generate(data, leads, seed);
  const bar = progressBar('leads at rest');
  const result = await drive({
    api: createBatonApi({ url: options.url, key: requireKey(options.key), attempts: PATIENT }),
    examples: join(projectRoot(), 'examples'),
    data: resolve(data),
    leads,
    from: options.from,
    seed,
    logFile: options.log ?? null,
    say: (line) => bar.print(line),
    onProgress: (resting) => bar.update(resting, leads),
    timeoutMs: whole('--timeout', options.timeout) * 60_000,
  }).finally(() => bar.stop());
  const { fed, commands, silences, refused, seconds, deals, wins, table, differences } = result;
  console.log(
    `\n${fed.rows} leads in ${seconds} s: ${commands} commands answered, ${refused} refused (too late), ${silences} offers left to the clock.`,
  );
  console.log(`\n${table}\n\n${wins} won; ${deals} deals among these leads in the data.`);
  for (const difference of differences) console.log(`DIFFERS  ${difference}`);
  console.log(
    differences.length === 0
      ? "The funnel equals the driver's own log."
      : `${differences.length} differences.`,
  );
  return differences.length === 0;
}

function whole(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new Error(`${option} must be a whole number from 1 on`);
}
