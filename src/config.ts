import { resolve } from 'node:path';
import { z } from 'zod';

const KIB = 1024;
const SIZE = /^(\d+)(b|kb|mb)?$/i;
const UNITS = { b: 1, kb: KIB, mb: KIB * KIB } as const;
const MAC_KEY_BYTES = 32;

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Config {
  readonly host: string;
  readonly port: number;
  /** For the application's role, which may not alter or delete what is append-only. */
  readonly databaseUrl: string;
  /** For the role that owns the tables; only `baton migrate` and `baton up` use it. */
  readonly migrationDatabaseUrl: string;
  /** Connections per process. */
  readonly databasePoolSize: number;
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
    readonly taskQueue: string;
    readonly deploymentName: string;
    /** Which build of the workflow code this worker runs. */
    readonly buildId: string;
  };
  /** Signs journal rows; lives outside the database, or it would prove nothing. */
  readonly journalKey: { readonly id: string; readonly key: Buffer };
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  /** In bytes. */
  readonly bodyLimit: number;
  readonly maxCachedWorkflows: number;
  /** A policy file to load at the start. */
  readonly policyFile?: string;
}

/** Every fault of the environment: which variable, and which rule it breaks; never its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly faults: readonly string[]) {
    super(`The configuration is wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
}

const postgresUrl = z
  .string('must be set to a URL like postgresql://user:password@host:5432/database')
  .refine(
    (text) => isUrl(text, ['postgres:', 'postgresql:']),
    'must be a URL that starts with postgresql://',
  );

const wholeNumber = (from: number, to: number, whenAbsent: number): z.ZodType<number> =>
  z
    .string()
    .default(String(whenAbsent))
    .transform((text) => (/^\d+$/.test(text) ? Number(text) : NaN))
    .refine((value) => value >= from && value <= to, `must be a whole number from ${from} to ${to}`);

const name = z.string().regex(/^[A-Za-z0-9][\w.:-]{0,199}$/, 'must be letters, digits and . _ : - only');

const Environment = z.object({
  BATON_HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535, 3000),
  DATABASE_URL: postgresUrl,
  MIGRATION_DATABASE_URL: postgresUrl.optional(),
  DATABASE_POOL_SIZE: wholeNumber(1, 1000, 10),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^\s/]+:\d{1,5}$/, 'must be host:port')
    .default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: name.default('default'),
  TEMPORAL_TASK_QUEUE: name.default('baton'),
  TEMPORAL_DEPLOYMENT: name.default('baton'),
  BATON_BUILD_ID: name.default('dev'),
  JOURNAL_KEY_ID: name,
  JOURNAL_MAC_KEY: z
    .string()
    .refine(isBase64, 'must be base64')
    .transform((text) => Buffer.from(text, 'base64'))
    .refine((key) => key.length >= MAC_KEY_BYTES, `must hold at least ${MAC_KEY_BYTES} bytes, in base64`),
  BATON_DATA_DIR: z.string().default('.baton'),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  BATON_BODY_LIMIT: z
    .string()
    .regex(SIZE, 'must be a size such as 512kb or 1mb')
    .default('1mb')
    .transform(bytesOf),
  BATON_MAX_CACHED_WORKFLOWS: wholeNumber(1, 1_000_000, 1000),
  BATON_POLICY: z.string().optional(),
});

/**
 * Reads the environment. An empty variable counts as absent.
 * @throws ConfigError with every fault
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env, cwd: string = process.cwd()): Config {
  const e = parse(Environment, env);
  return deepFreeze({
    host: e.BATON_HOST,
    port: e.PORT,
    databaseUrl: e.DATABASE_URL,
    migrationDatabaseUrl: e.MIGRATION_DATABASE_URL ?? e.DATABASE_URL,
    databasePoolSize: e.DATABASE_POOL_SIZE,
    temporal: {
      address: e.TEMPORAL_ADDRESS,
      namespace: e.TEMPORAL_NAMESPACE,
      taskQueue: e.TEMPORAL_TASK_QUEUE,
      deploymentName: e.TEMPORAL_DEPLOYMENT,
      buildId: e.BATON_BUILD_ID,
    },
    journalKey: { id: e.JOURNAL_KEY_ID, key: e.JOURNAL_MAC_KEY },
    dataDir: resolve(cwd, e.BATON_DATA_DIR),
    logLevel: e.LOG_LEVEL,
    bodyLimit: e.BATON_BODY_LIMIT,
    maxCachedWorkflows: e.BATON_MAX_CACHED_WORKFLOWS,
    ...(e.BATON_POLICY === undefined ? {} : { policyFile: resolve(cwd, e.BATON_POLICY) }),
  });
}

/** What a migration needs of the environment. @throws ConfigError with every fault */
export function loadDatabaseConfig(
  env: NodeJS.ProcessEnv = process.env,
): Pick<Config, 'databaseUrl' | 'migrationDatabaseUrl'> {
  const parsed = parse(Environment.pick({ DATABASE_URL: true, MIGRATION_DATABASE_URL: true }), env);
  return {
    databaseUrl: parsed.DATABASE_URL,
    migrationDatabaseUrl: parsed.MIGRATION_DATABASE_URL ?? parsed.DATABASE_URL,
  };
}

function parse<T>(schema: z.ZodType<T>, env: NodeJS.ProcessEnv): T {
  const present = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(present);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => describeFault(issue, present)));
}

function describeFault(issue: z.core.$ZodIssue, present: Readonly<Record<string, unknown>>): string {
  const variable = String(issue.path[0]);
  if (!(variable in present) && !issue.message.startsWith('must be set')) return `${variable} must be set`;
  return `${variable} ${issue.message}`;
}

function isUrl(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol);
}

function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 === 0;
}

function bytesOf(size: string): number {
  const [, digits = '0', unit = 'b'] = SIZE.exec(size) ?? [];
  return Number(digits) * UNITS[unit.toLowerCase() as keyof typeof UNITS];
}

/** Buffers stay as they are: typed arrays with elements cannot be frozen. */
function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null && !Buffer.isBuffer(part)) deepFreeze(part as object);
  }
  return Object.freeze(value);
}
