/** Which processes a data folder has running, so that the next start can end what was left behind. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { pause, processIdentity, signal, waitUntilGone } from './process-identity.js';

/** `identity` is what distinguishes a process from a later one with the same number. */
const ProcessRecord = z.record(z.string(), z.array(z.object({ pid: z.number(), identity: z.string() })));
type ProcessRecord = z.infer<typeof ProcessRecord>;

const recordFile = (folder: string): string => join(folder, 'processes.json');

function readRecord(folder: string): ProcessRecord {
  const file = recordFile(folder);
  if (!existsSync(file)) return {};
  try {
    return ProcessRecord.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {}; // Half-written when the machine went down: what it named is gone with it.
  }
}

function writeRecord(folder: string, record: ProcessRecord): void {
  mkdirSync(folder, { recursive: true });
  const temporary = `${recordFile(folder)}.new`;
  writeFileSync(temporary, JSON.stringify(record, null, 2), { mode: 0o600 });
  renameSync(temporary, recordFile(folder));
}

/** Enters processes under a name; those that have ended already are left out. */
export function remember(folder: string, name: string, pids: readonly number[]): void {
  const entries = pids.flatMap((pid) => {
    const identity = processIdentity(pid);
    return identity === null ? [] : [{ pid, identity }];
  });
  writeRecord(folder, { ...readRecord(folder), [name]: entries });
}

export function forget(folder: string, name: string): void {
  if (!existsSync(folder)) return;
  const { [name]: _gone, ...rest } = readRecord(folder);
  writeRecord(folder, rest);
}

/** Names of recorded processes that still run; a number that now belongs to a stranger does not count. */
export function leftOvers(folder: string): { name: string; pid: number }[] {
  return Object.entries(readRecord(folder)).flatMap(([name, entries]) =>
    entries
      .filter(({ pid, identity }) => processIdentity(pid) === identity)
      .map(({ pid }) => ({ name, pid })),
  );
}

/**
 * Ends what an earlier run left behind: SIGTERM, then SIGKILL after `graceMs`.
 * Returns the names of what it ended.
 */
export async function stopLeftOvers(folder: string, graceMs = 5000): Promise<string[]> {
  const found = leftOvers(folder);
  for (const { pid } of found) signal(pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (leftOvers(folder).length > 0 && Date.now() < deadline) await pause(50);
  for (const { pid } of leftOvers(folder)) signal(pid, 'SIGKILL');
  await waitUntilGone(
    found.map(({ pid }) => pid),
    2000,
  );
  rmSync(recordFile(folder), { force: true });
  return [...new Set(found.map(({ name }) => name))];
}
