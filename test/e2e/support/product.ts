import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from '@jest/globals';
import pg from 'pg';
import { parse, stringify } from 'yaml';
import { findProduct } from '../../../src/cli/running-product.js';
import { signal } from '../../../src/embedded/process-identity.js';
import { projectRoot } from '../../../src/embedded/project-root.js';
import {
  type ApiAnswer,
  type ApiRequest,
  createBatonApi,
  describeProblem,
} from '../../../src/feed/baton-api.js';
import { startBaton, type StartedBaton } from '../../support/started-baton.js';

/** What can be killed, and what the supervisor calls it. */
const CALLED = {
  api: 'the API',
  worker: 'the worker',
  temporal: 'Temporal',
  postgres: 'PostgreSQL',
} as const;
export type Victim = keyof typeof CALLED;

/** A whole running Baton with the reps `rep-1` to `rep-N` in the pool `sdr`. */
export interface Product {
  /** Of the API, with an admin key. */
  readonly address: { readonly url: string; readonly key: string };
  /** A patient client: what is lost, or answered with 503, is sent again with the same key. */
  readonly send: (request: ApiRequest) => Promise<ApiAnswer>;
  /** Sends once. @returns status 0 when nobody answered */
  readonly sendOnce: (request: ApiRequest) => Promise<ApiAnswer>;
  readonly rows: <T extends pg.QueryResultRow>(
    sql: string,
    values?: readonly unknown[],
  ) => Promise<readonly T[]>;
  /** What `baton verify` prints. */
  readonly verify: () => Promise<string>;
  /** The process that comes to this instant dies there, as by kill -9; resolves when one has. */
  readonly diesAt: (instant: string) => Promise<void>;
  /** Kills with -9; resolves when it has been started again. */
  readonly kill: (victim: Victim) => Promise<void>;
  /** Makes this the policy of new leads. */
  readonly activate: (policy: string) => Promise<void>;
}

/** The shipped policy, but a raised hand is offered, too, and an offer stands for so long, with no reminder. */
export function offersFor(acceptance: string): string {
  const policy = parse(readFileSync(join(projectRoot(), 'examples', 'policies', 'default.yaml'), 'utf8'));
  policy.name = `offers-${acceptance.replace(' ', '-')}`;
  policy.handOffs.sdr.handRaiserMode = 'offer';
  policy.clocks.acceptance = { after: acceptance, steps: [{ at: 100, do: 'reassign' }] };
  return stringify(policy);
}

/** One Baton for all tests of a file. */
export function useProduct(options: { policy: string; reps: number }): () => Product {
  const folder = mkdtempSync(join(tmpdir(), 'baton e2e '));
  let baton: StartedBaton | undefined;
  let product: Product | undefined;
  beforeAll(async () => {
    const [dataDir, stops, policyFile] = [
      join(folder, 'data'),
      join(folder, 'stops'),
      join(folder, 'p.yaml'),
    ];
    mkdirSync(stops);
    writeFileSync(policyFile, options.policy);
    baton = await startBaton({ dataDir, env: { BATON_POLICY: policyFile, BATON_STOP_POINTS: stops } });
    product = await productOf(baton, dataDir, stops);
    await hire(product, options.reps);
  }, 240_000);
  afterAll(async () => {
    await baton?.interrupt();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);
  return () => {
    if (product === undefined) throw new Error('Baton runs in tests and hooks only.');
    return product;
  };
}

async function productOf(baton: StartedBaton, dataDir: string, stops: string): Promise<Product> {
  const address = { url: baton.url, key: baton.adminKey ?? '' };
  const send = createBatonApi({ ...address, attempts: 40 });
  const impatient = createBatonApi({ ...address, attempts: 1 });
  const { databaseUrl } = await findProduct(dataDir, {});
  return {
    address,
    send,
    sendOnce: (request) => impatient(request).catch(() => ({ status: 0, body: null })),
    async rows<T extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []) {
      const database = new pg.Client({ connectionString: databaseUrl, application_name: 'baton-e2e' });
      await database.connect();
      try {
        return (await database.query<T>(sql, [...values])).rows;
      } finally {
        await database.end();
      }
    },
    verify: () => run('verify', '--data-dir', dataDir),
    async diesAt(instant) {
      const file = join(stops, instant);
      writeFileSync(file, '');
      await until(`something died at ${instant}`, () => !existsSync(file));
    },
    async kill(victim) {
      const said = baton.output().length;
      signal(baton.pids(victim)[0] ?? 0, 'SIGKILL');
      const news = `${CALLED[victim]} runs again`;
      await until(`${news}; Baton said: ${baton.output()}`, () => baton.output().slice(said).includes(news));
    },
    async activate(policy) {
      const body = await must(send, {
        method: 'POST',
        path: '/v1/policies',
        body: policy,
        type: 'application/yaml',
      });
      const { hash } = body as { hash: string };
      const { items } = (await must(send, { method: 'GET', path: '/v1/policies?limit=200' })) as {
        items: { hash: string; active: boolean }[];
      };
      const expected = items.find(({ active }) => active)?.hash ?? null;
      await must(send, {
        method: 'POST',
        path: `/v1/policies/${hash}/activate`,
        body: { emergency: true, reason: 'a test', expected },
      });
    },
  };
}

async function hire({ send }: Product, reps: number): Promise<void> {
  const members = Array.from({ length: reps }, (_, i) => ({ rep: `rep-${i + 1}`, weight: 1 }));
  for (const { rep } of members)
    await must(send, { method: 'POST', path: '/v1/reps', body: { id: rep, name: rep } });
  await must(send, { method: 'PUT', path: '/v1/pools/sdr/members', body: { members } });
}

/** Sends what must not be refused. */
export async function must(send: Product['send'], request: ApiRequest): Promise<unknown> {
  const answer = await send(request);
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  throw new Error(`${request.method} ${request.path}: ${answer.status} ${describeProblem(answer)}`);
}

/** A command of the built product, as a user calls it; what it says also when it ends with a fault. */
async function run(...args: readonly string[]): Promise<string> {
  const cli = join(projectRoot(), 'dist', 'src', 'cli.js');
  const env = { ...process.env, NODE_OPTIONS: '' };
  try {
    return (await promisify(execFile)(process.execPath, [cli, ...args], { env })).stdout;
  } catch (error) {
    if (error instanceof Error && 'stdout' in error) return `${String(error.stdout)}\n${error.message}`;
    throw error;
  }
}

/** @throws Error when the condition does not come to hold */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 90_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Resolves at an instant, not before. */
export const untilInstant = (at: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, at - Date.now())));
