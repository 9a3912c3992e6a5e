import { afterAll, beforeAll } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { readFile } from 'node:fs/promises';
import type { DataSource } from 'typeorm';
import { createFirstAdminKey } from '../../src/access/api-keys.js';
import { createApiServices } from '../../src/api-services.js';
import { createTestClock, type TestClock } from '../../src/clock.js';
import { createDataSource } from '../../src/db/data-source.js';
import { createApp } from '../../src/http/app.js';
import type { Services } from '../../src/http/service.js';
import type { JournalKey } from '../../src/journal/chain.js';
import { type ApplyDirectly, createApplyDirectly } from '../../src/leads/apply.js';
import type { LeadGateway } from '../../src/leads/lead-gateway.js';
import { createLog } from '../../src/log.js';
import { createPolicyStore } from '../../src/policies/policy-store.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

export const START = Date.UTC(2026, 0, 5, 9);
export const BODY_LIMIT = 1024 * 1024;
export const JOURNAL_KEY: JournalKey = { id: 'test', key: Buffer.alloc(32, 7) };
const POOL_SIZE = 8;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed JSON; null when the body is none. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- an answer is looked at, not typed
  readonly body: any;
}

export interface Call {
  readonly key?: string | null;
  readonly actor?: string;
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is, instead of JSON. */
  readonly raw?: string | Uint8Array;
}

export interface Api {
  readonly url: string;
  readonly adminKey: string;
  readonly dataSource: DataSource;
  readonly clock: TestClock;
  readonly services: Services;
  readonly logLines: string[];
  call(method: string, path: string, body?: unknown, options?: Call): Promise<Reply>;
}

export interface ApiOptions {
  /** Instead of deciding commands in this process, by the same `apply`. */
  readonly gateway?: (deps: {
    dataSource: DataSource;
    direct: ApplyDirectly;
  }) => Pick<LeadGateway, 'command'>;
  /** The clock starts now: what a workflow's time must agree with. */
  readonly realTime?: boolean;
  readonly pingTemporal?: () => Promise<void>;
}

/** The real API on a real database, for one test file. Commands are decided in this process, by the real `apply`. */
export function useApi(options: ApiOptions = {}): () => Api {
  let database: TestDatabase | undefined;
  let api: Api | undefined;
  let app: NestExpressApplication | undefined;
  beforeAll(async () => {
    database = await createTestDatabase();
    const { databaseUrl } = database;
    const adminKey = await createFirstAdminKey({ databaseUrl });
    if (adminKey === null) throw new Error('a fresh database has no admin key');
    const dataSource = await createDataSource({ url: databaseUrl, poolSize: POOL_SIZE }).initialize();
    const clock = createTestClock(options.realTime === true ? Date.now() : START);
    const journalKey = JOURNAL_KEY;
    const direct = createApplyDirectly({
      dataSource,
      clock,
      journalKey,
      policies: createPolicyStore(journalKey),
    });
    const services = createApiServices({
      dataSource,
      poolSize: POOL_SIZE,
      clock,
      journalKey,
      gateway: options.gateway?.({ dataSource, direct }) ?? {
        command: (lead, _kind, input) => direct(lead, input),
      },
      pingTemporal: options.pingTemporal ?? (() => Promise.resolve()),
    });
    const logLines: string[] = [];
    const log = createLog({
      process: 'api',
      level: 'info',
      now: () => clock.now(),
      write: (line) => logLines.push(line),
    });
    app = await createApp({ services, log, bodyLimit: BODY_LIMIT });
    await app.listen(0, '127.0.0.1');
    const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
    api = { url, adminKey, dataSource, clock, services, logLines, call: caller(url, adminKey) };
  }, 60_000);
  afterAll(async () => {
    await app?.close();
    await api?.dataSource.destroy();
    await database?.drop();
  });
  return () => {
    if (api === undefined) throw new Error('the API runs in tests and hooks only');
    return api;
  };
}

function caller(url: string, adminKey: string): Api['call'] {
  return async (method, path, body, options = {}) => {
    const { key = adminKey, actor, idempotencyKey, raw } = options;
    const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(url + path, {
      method,
      headers: {
        // A kept connection that the server closes while we are busy fails the next call.
        Connection: 'close',
        ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
        ...(content === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(actor === undefined ? {} : { 'Baton-Actor': actor }),
        ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
        ...options.headers,
      },
      ...(content === undefined ? {} : { body: content }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parsed(text) };
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Stores the shipped policy and gives it to new leads. */
export async function activatePolicy(api: Api): Promise<string> {
  const yaml = await readFile(new URL('../../examples/policies/default.yaml', import.meta.url), 'utf8');
  const saved = await api.call('POST', '/v1/policies', undefined, {
    raw: yaml,
    headers: { 'Content-Type': 'application/yaml' },
  });
  if (saved.status !== 201) throw new Error(`the shipped policy is refused: ${saved.text}`);
  const { hash } = saved.body as { hash: string };
  await api.call('POST', `/v1/policies/${hash}/activate`);
  return hash;
}

/** A key for a rep, who is added when not there. */
export async function repKey(api: Api, rep: string): Promise<string> {
  await api.call('POST', '/v1/reps', { id: rep, name: rep });
  const made = await api.call('POST', '/v1/api-keys', { name: `key of ${rep}`, role: 'rep', rep });
  return (made.body as { key: string }).key;
}
