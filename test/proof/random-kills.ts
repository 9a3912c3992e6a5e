import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { z } from 'zod';
import { findProduct } from '../../src/cli/running-product.js';
import { projectRoot } from '../../src/embedded/project-root.js';
import type { ApiRequest, BatonApi } from '../../src/feed/baton-api.js';
import { startBaton, type StartedBaton } from '../support/started-baton.js';
import { checkAll, type CheckReport, type ProductRecords } from './checks/index.js';
import { clientRecords } from './client-records.js';
import { planStrikes } from './kill-plan.js';
import { Killer } from './killer.js';
import { WebhookListener } from './listener.js';
import { createPersistentClient, type PersistentClient } from './persistent-client.js';
import { isAtRest, readAtRest, type Unrest } from './product-records.js';
import { type Summary, summaryOf } from './summary.js';

export interface ProofOptions {
  readonly seed: number;
  readonly leads: number;
  readonly kills: number;
  /** Of the Baton that is started for this; its own. */
  readonly dataDir: string;
  /** Folder for all logs and the summary. */
  readonly outDir: string;
  /** Sends the leads and answers as their reps, all through this client; resolves when the last lead rests. */
  readonly play: (api: BatonApi) => Promise<void>;
  readonly say: (line: string) => void;
}

export interface Proof extends CheckReport {
  /** What `baton verify` said. */
  readonly verified: string;
  readonly forged: number;
  readonly summary: Summary;
}

/** A client that waits that long for one answer has lost patience, and the proof with it. */
const PATIENCE_MS = 10 * 60_000;
const REST_WITHIN_MS = 10 * 60_000;

/** Plays leads while processes are killed, waits for rest, and holds everything against everything. */
export async function proveUnderKills(options: ProofOptions): Promise<Proof> {
  const { dataDir, outDir, seed, say } = options;
  mkdirSync(outDir, { recursive: true });
  const started = Date.now();
  const baton = await startBaton({ dataDir });
  const listener = new WebhookListener(seed);
  try {
    return await underKills(options, baton, listener, started);
  } finally {
    listener.stop();
    writeFileSync(join(outDir, 'baton.log'), baton.output());
    cpSync(join(dataDir, 'logs'), join(outDir, 'logs'), { recursive: true });
    say('Stopping …');
    await baton.interrupt();
  }
}

async function underKills(
  { dataDir, outDir, seed, leads, kills, play, say }: ProofOptions,
  baton: StartedBaton,
  listener: WebhookListener,
  started: number,
): Promise<Proof> {
  const { databaseUrl, temporal } = await findProduct(dataDir, {});
  const killer = new Killer({
    dataDir,
    url: baton.url,
    databaseUrl,
    temporalAddress: temporal.address,
    logFile: join(outDir, 'kills.jsonl'),
  });
  // Leads and kills go in step: neither is over before the other.
  const pace = { captured: 0, struck: 0 };
  const perKill = leads / kills;
  const client = createPersistentClient({
    url: baton.url,
    key: baton.adminKey ?? '',
    patienceMs: PATIENCE_MS,
    before: async (request) => {
      if (!isCapture(request)) return;
      while (pace.captured >= (pace.struck + 1) * perKill) await wait(20);
      pace.captured += 1;
    },
  });
  const webhook = await register(client, listener);

  const playing = { over: false };
  const playAll = async (): Promise<void> => {
    await play(client.api);
    playing.over = true;
  };
  const strikeAll = async (): Promise<void> => {
    for (const strike of planStrikes(seed, kills)) {
      while (!playing.over && pace.captured < Math.min(leads, (pace.struck + 0.5) * perKill)) await wait(20);
      await killer.strike(strike);
      pace.struck += strike.victims.length;
      say(`${pace.struck} of ${kills} kills, ${pace.captured} of ${leads} leads`);
    }
  };
  await Promise.all([playAll(), strikeAll()]);
  const played = Date.now();
  say('All is played; waiting for rest.');

  const connection = await Connection.connect({ address: temporal.address });
  const workflows = new Client({ connection, namespace: temporal.namespace });
  const product = await atRest(databaseUrl, workflows).finally(() => connection.close());
  const rested = Date.now();
  const sent = clientRecords(client.exchanges, await adminKeyId(databaseUrl), resolver(product));
  const report = checkAll(sent, product, { webhook, received: listener.received });
  const verified = await verify(dataDir);
  const summary = summaryOf({
    seed,
    kills: killer.kills,
    restarts: baton.output().split(' ended (').length - 1,
    exchanges: client.exchanges,
    readsRepeated: client.readsRepeated(),
    product,
    received: listener.received.length,
    report,
    playedMs: played - started,
    restMs: rested - played,
    totalMs: Date.now() - started,
  });
  const found = { ...summary, verified, violations: report.violations };
  writeFileSync(join(outDir, 'summary.json'), `${JSON.stringify(found, null, 2)}\n`);
  return { ...report, verified, forged: listener.forged, summary };
}

const isCapture = ({ method, path }: ApiRequest): boolean => method === 'POST' && path === '/v1/leads';

const registered = z.looseObject({ id: z.string(), secret: z.string() });

/** @returns the webhook's id */
async function register({ api }: PersistentClient, listener: WebhookListener): Promise<string> {
  const url = await listener.start();
  const { body } = await api({ method: 'POST', path: '/v1/webhooks', body: { url }, key: 'proof-webhook' });
  const { id, secret } = registered.parse(body);
  listener.expect(secret);
  return id;
}

/** @throws Error that says what is left when rest does not come */
async function atRest(databaseUrl: string, workflows: Client): Promise<ProductRecords> {
  const deadline = Date.now() + REST_WITHIN_MS;
  let left: Unrest | null = null;
  while (Date.now() < deadline) {
    const { product, unrest } = await readAtRest(databaseUrl, workflows);
    if (product !== null && isAtRest(unrest)) return product;
    left = unrest;
    await wait(500);
  }
  throw new Error(`No rest within ${REST_WITHIN_MS / 60_000} min; left: ${JSON.stringify(left)}`);
}

/** The client has one key: the admin's. */
async function adminKeyId(databaseUrl: string): Promise<string> {
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    const { rows } = await database.query<{ id: string }>('select id from api_key');
    const [only, ...more] = rows;
    if (only === undefined || more.length > 0) throw new Error('there should be one API key');
    return only.id;
  } finally {
    await database.end();
  }
}

/** Commands may name their lead by an external id. */
function resolver({ leads }: ProductRecords): (ref: string) => string {
  const byName = new Map(
    leads.flatMap(({ id, externalIds }) => externalIds.map((name) => [name, id] as const)),
  );
  return (ref) => (ref.startsWith('external:') ? (byName.get(ref.slice('external:'.length)) ?? ref) : ref);
}

const failed = z.object({ stdout: z.string(), message: z.string() });

/** What `baton verify` prints, also when it finds something. */
async function verify(dataDir: string): Promise<string> {
  const cli = join(projectRoot(), 'dist', 'src', 'cli.js');
  const env = { ...process.env, NODE_OPTIONS: '' };
  try {
    const args = [cli, 'verify', '--data-dir', dataDir];
    return (await promisify(execFile)(process.execPath, args, { env })).stdout;
  } catch (error) {
    const said = failed.safeParse(error);
    if (!said.success) throw error;
    return `${said.data.stdout}\n${said.data.message}`;
  }
}
