import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { freePort } from './ports.js';
import { processIdentity } from './process-identity.js';

const Holder = z.object({ pid: z.number(), identity: z.string() });
const Ports = z.object({ postgres: z.number(), temporal: z.number(), temporalUi: z.number() }).partial();

export interface EmbeddedPorts {
  postgres: number;
  temporal: number;
  temporalUi: number;
}

/** Where they go when they are free; remembered afterwards, so that bookmarks and clients stay right. */
const PREFERRED: EmbeddedPorts = { postgres: 15_432, temporal: 17_233, temporalUi: 18_233 };

function read<T>(file: string, schema: z.ZodType<T>): T | null {
  if (!existsSync(file)) return null;
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null; // Half-written at a crash: as good as absent.
  }
}

/**
 * Takes the folder for this process.
 * @returns a function that gives it back
 * @throws when another running process holds it
 */
export function takeDataFolder(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'up.json');
  const us = JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) ?? '' });
  if (!createOnly(file, us)) {
    const holder = read(file, Holder);
    if (holder && processIdentity(holder.pid) === holder.identity) {
      throw new Error(
        `Baton already runs on ${dataDir} (process ${holder.pid}). ` +
          'Stop it, or choose another data folder with --data-dir or BATON_DATA_DIR.',
      );
    }
    rmSync(file, { force: true }); // Its process was killed.
    if (!createOnly(file, us)) throw new Error(`Another Baton is starting on ${dataDir} at this moment.`);
  }
  return () => rmSync(file, { force: true });
}

/** False when the file exists already; of two processes at once only one succeeds. */
function createOnly(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The ports of the folder's servers: last time's where still free, else others, which are remembered. */
export async function choosePorts(dataDir: string): Promise<EmbeddedPorts> {
  const file = join(dataDir, 'ports.json');
  const wanted = { ...PREFERRED, ...read(file, Ports) };
  const ports: EmbeddedPorts = {
    postgres: await freePort(wanted.postgres),
    temporal: await freePort(wanted.temporal),
    temporalUi: await freePort(wanted.temporalUi),
  };
  writeFileSync(file, JSON.stringify(ports, null, 2));
  return ports;
}
