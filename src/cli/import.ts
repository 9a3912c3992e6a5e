import { createWriteStream, existsSync, openAsBlob, readFileSync, type WriteStream } from 'node:fs';
import { basename } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import type { ApiAnswer, BatonApi } from '../feed/baton-api.js';
import { requireKey, withApi } from './feed.js';
import type { ImportAnswer, ImportRow } from './import-report.js';

interface Options {
  readonly mapping: string;
  readonly dryRun?: boolean;
  readonly report?: string;
  readonly url: string;
  readonly key?: string;
}

const LOOK_EVERY_MS = 300;
/** The API may be started again meanwhile. */
const ATTEMPTS_OF_A_LOOK = 20;
const PAGE = 200;

export function register(program: Command): void {
  withApi(
    program
      .command('import')
      .description('bring leads with their past; the same again changes nothing, and goes on where it was')
      .argument('<files...>', 'CSV with a header, or NDJSON')
      .requiredOption('--mapping <file>', 'YAML: which column becomes what')
      .option('--dry-run', 'say what would become of each row, and change nothing')
      .option('--report <file>', 'write what became of each row, one JSON object per line'),
  ).action(async (files: readonly string[], options: Options) => {
    process.exitCode = (await run(files, options)).counts.refused === 0 ? 0 : 1;
  });
}

async function run(files: readonly string[], options: Options): Promise<ImportAnswer> {
  const { createBatonApi } = await import('../feed/baton-api.js');
  const { progressBar } = await import('./progress-bar.js');
  const { Lookout, summary } = await import('./import-report.js');
  const address = { url: options.url, key: requireKey(options.key) };
  const started = await upload(createBatonApi(address), files, options);
  const api = createBatonApi({ ...address, attempts: ATTEMPTS_OF_A_LOOK });
  console.log(`Import ${started.id}. It goes on without this command; the same command again watches it.`);
  const bar = progressBar('rows');
  let now = started;
  try {
    while (now.state !== 'done') {
      bar.update(now.counts.rows - now.counts.waiting, now.counts.rows);
      await wait(LOOK_EVERY_MS);
      now = await answerOf(await api({ method: 'GET', path: `/v1/imports/${started.id}` }));
    }
  } finally {
    bar.stop();
  }
  const lookout = new Lookout();
  const report = options.report === undefined ? null : createWriteStream(options.report);
  // Without a report only those that somebody should look at are asked for.
  for (const query of report === null ? ['status=refused', 'odd=true'] : ['']) {
    for await (const row of rowsOf(api, started.id, query)) {
      await write(report, row);
      // A refused row can be odd, too: it has come already.
      if (query !== 'odd=true' || row.status !== 'refused') lookout.add(row);
    }
  }
  if (report !== null) await finished(report.end());
  for (const line of lookout.lines()) console.log(line);
  console.log(summary(now));
  return now;
}

async function upload(api: BatonApi, files: readonly string[], options: Options): Promise<ImportAnswer> {
  for (const file of [options.mapping, ...files]) {
    if (!existsSync(file)) throw new Error(`There is no file ${file}.`);
  }
  const form = new FormData();
  form.set('mapping', readFileSync(options.mapping, 'utf8'));
  form.set('dryRun', String(options.dryRun === true));
  for (const file of files) form.append('file', await openAsBlob(file), basename(file));
  return answerOf(await api({ method: 'POST', path: '/v1/imports', form }));
}

/** @throws Error with every fault on a line of its own */
async function answerOf(answer: ApiAnswer): Promise<ImportAnswer> {
  const { importAnswer } = await import('../http/schemas/import.schemas.js');
  const { describeProblem } = await import('../feed/baton-api.js');
  const { status, body } = answer;
  if (status === 200 || status === 202) return importAnswer.parse(body);
  const errors = typeof body === 'object' && body !== null && 'errors' in body ? body.errors : null;
  if (!Array.isArray(errors)) throw new Error(describeProblem(answer));
  const lines = (errors as { path: string; message: string }[]).map(
    ({ path, message }) => `  ${path}: ${message}`,
  );
  throw new Error(`The import is refused:\n${lines.join('\n')}`);
}

async function* rowsOf(api: BatonApi, id: string, query: string): AsyncGenerator<ImportRow> {
  const { importRowPage } = await import('../http/schemas/import.schemas.js');
  const { describeProblem } = await import('../feed/baton-api.js');
  let cursor: string | null = null;
  do {
    const next: string = cursor === null ? '' : `&cursor=${cursor}`;
    const path = `/v1/imports/${id}/rows?limit=${PAGE}&${query}${next}`.replace('&&', '&').replace(/&$/, '');
    const answer = await api({ method: 'GET', path });
    if (answer.status !== 200) throw new Error(describeProblem(answer));
    const page = importRowPage.parse(answer.body);
    yield* page.items;
    cursor = page.next;
  } while (cursor !== null);
}

async function write(report: WriteStream | null, row: ImportRow): Promise<void> {
  if (report === null || report.write(`${JSON.stringify(row)}\n`)) return;
  await new Promise<void>((resolve) => report.once('drain', () => resolve()));
}
