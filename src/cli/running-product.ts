import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { loadConfig } from '../config.js';
import type { LeadGateway } from '../leads/lead-gateway.js';

/** Where the data of a Baton lies, and what is needed to read and check it. */
export interface ProductAddress {
  readonly databaseUrl: string;
  readonly journalKey: { readonly id: string; readonly key: Buffer };
  readonly temporal: { readonly address: string; readonly namespace: string; readonly taskQueue: string };
  /** How to start what cannot be reached. */
  readonly howToStart: string;
}

const Ports = z.object({ postgres: z.number(), temporal: z.number() });

/** Gives a command the option by which it finds the product. */
export const withDataDir = (command: Command): Command =>
  command.option(
    '--data-dir <folder>',
    'data folder of the Baton in question, where DATABASE_URL is not set (BATON_DATA_DIR)',
    process.env['BATON_DATA_DIR'] ?? '.baton',
  );

/**
 * Finds a Baton: by the environment if it names a database, else by the data folder of `npm start`.
 * @throws Error that says how to start one
 */
export async function findProduct(
  dataDir: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ProductAddress> {
  if (env['DATABASE_URL'] !== undefined && env['DATABASE_URL'] !== '') {
    const { databaseUrl, journalKey, temporal } = loadConfig(env);
    return { databaseUrl, journalKey, temporal, howToStart: 'Is the database of DATABASE_URL up?' };
  }
  const folder = resolve(dataDir);
  const command = `npm start -- --data-dir ${JSON.stringify(folder)}`;
  const portsFile = join(folder, 'ports.json');
  if (!existsSync(join(folder, 'secrets.json')) || !existsSync(portsFile)) {
    throw new Error(
      `There is no Baton in ${folder}. Start one with "${command}", name its folder with --data-dir, ` +
        'or set DATABASE_URL, JOURNAL_KEY_ID and JOURNAL_MAC_KEY.',
    );
  }
  const { loadSecrets } = await import('../embedded/secrets.js');
  const { databaseUrls } = await import('../embedded/provision.js');
  const secrets = loadSecrets(folder);
  const ports = Ports.parse(JSON.parse(readFileSync(portsFile, 'utf8')));
  const passwords = { owner: secrets.ownerPassword, app: secrets.appPassword };
  const { databaseUrl } = databaseUrls(ports.postgres, 'baton', passwords);
  const { journalKey, temporal } = loadConfig({
    JOURNAL_KEY_ID: secrets.journalKeyId,
    JOURNAL_MAC_KEY: secrets.journalMacKey,
    TEMPORAL_ADDRESS: `127.0.0.1:${ports.temporal}`,
    ...present(env),
    DATABASE_URL: databaseUrl,
  });
  return { databaseUrl, journalKey, temporal, howToStart: `Start it with "${command}".` };
}

const present = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));

/** Ends quietly when the reader of our output has gone away, as `| head` does. */
export function stopWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
}

/** @throws Error that says how to start the database */
export async function openDatabase({ databaseUrl, howToStart }: ProductAddress): Promise<DataSource> {
  const { createDataSource } = await import('../db/data-source.js');
  const dataSource = createDataSource({ url: databaseUrl, poolSize: 4, name: 'baton-cli' });
  try {
    return await dataSource.initialize();
  } catch (error) {
    const { host } = new URL(databaseUrl);
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The database at ${host} does not answer (${why || 'no reason given'}). ${howToStart}`, {
      cause: error,
    });
  }
}

const TEMPORAL_PATIENCE_MS = 3_000;

/** The way to the workflows; null when Temporal does not answer. */
export async function openGateway({
  temporal,
}: ProductAddress): Promise<{ readonly gateway: LeadGateway; close(): Promise<void> } | null> {
  const { Client: TemporalClient, Connection } = await import('@temporalio/client');
  const { createTemporalLeadGateway } = await import('../leads/lead-gateway.js');
  try {
    const { address, namespace, taskQueue } = temporal;
    const connection = await Connection.connect({ address, connectTimeout: TEMPORAL_PATIENCE_MS });
    const client: Client = new TemporalClient({ connection, namespace });
    return {
      gateway: createTemporalLeadGateway({ client, taskQueue }),
      close: () => connection.close(),
    };
  } catch {
    return null;
  }
}
