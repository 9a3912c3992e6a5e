import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Command } from 'commander';
import type { FeedSummary, RowReport } from '../feed/feed.js';

interface Options {
  readonly mapping: string;
  readonly url: string;
  readonly key?: string;
  readonly limit?: string;
  readonly from?: string;
  readonly rate?: string;
  readonly report?: string;
}

export function register(program: Command): void {
  withApi(
    program
      .command('feed')
      .description('send the rows of a CSV file as live leads and events; the same again changes nothing')
      .argument('<file>', 'CSV with a header')
      .requiredOption('--mapping <file>', 'YAML: which column becomes what')
      .option('--limit <rows>', 'send so many rows at most')
      .option('--from <date>', 'only rows whose "orderBy" column is not before this')
      .option('--rate <rows>', 'send so many rows a second at most')
      .option('--report <file>', 'write what became of each row, one JSON object per line'),
  ).action(async (file: string, options: Options) => {
    process.exitCode = (await run(resolve(file), options)).refused === 0 ? 0 : 1;
  });
}

/** Gives a command the options by which it reaches the API. */
export const withApi = (command: Command): Command =>
  command
    .option('--url <url>', 'where the API is', 'http://127.0.0.1:3000')
    // Not as its default: help and error texts would print the secret.
    .option('--key <key>', 'admin API key, if not in BATON_KEY');

/** @throws Error when there is none */
export function requireKey(key: string | undefined = process.env['BATON_KEY']): string {
  if (key !== undefined && key !== '') return key;
  throw new Error(
    'Name an admin API key with --key or BATON_KEY; "npm start" prints one at its first start.',
  );
}

async function run(file: string, options: Options): Promise<FeedSummary> {
  const { createBatonApi } = await import('../feed/baton-api.js');
  const { feed } = await import('../feed/feed.js');
  const { readMapping } = await import('../feed/mapping.js');
  const { countRows } = await import('../feed/csv-rows.js');
  const { progressBar } = await import('./progress-bar.js');
  const api = createBatonApi({ url: options.url, key: requireKey(options.key) });
  const mapping = readMapping(options.mapping, file);
  const choice = { from: options.from, limit: wholeNumber('--limit', options.limit) };
  const total = await countRows(file, options.mapping, mapping, choice);
  const report = options.report === undefined ? null : createWriteStream(options.report);
  const bar = progressBar('rows');
  let done = 0;
  try {
    const summary = await feed({
      ...choice,
      file,
      mappingFile: options.mapping,
      mapping,
      api,
      now: () => Date.now(),
      rate: wholeNumber('--rate', options.rate),
      onRow: (row) => {
        report?.write(`${JSON.stringify(row)}\n`);
        bar.update(++done, total);
        const line = lineFor(row);
        if (line !== null) bar.print(line);
      },
    });
    console.log(summaryText(summary));
    return summary;
  } finally {
    bar.stop();
    if (report !== null) await finished(report.end());
  }
}

/** Only what a person should look at; the rest is in the report. */
function lineFor({ row, externalId, status, odd, why }: RowReport): string | null {
  if (status === 'refused') return `row ${row} (${externalId}): REFUSED: ${why ?? ''}`;
  return odd.length === 0 ? null : `row ${row} (${externalId}): odd: ${odd.join('; ')}`;
}

const summaryText = ({ rows, created, updated, duplicate, refused, odd }: FeedSummary): string =>
  `${rows} rows: ${created} created, ${updated} updated, ${duplicate} duplicate, ${refused} refused; ${odd} of them odd.`;

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new Error(`${option} must be a whole number from 1 on`);
}
