import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
}

interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Share of the time in which the process did something, by whose code it was. */
export interface Share {
  readonly whose: string;
  readonly share: number;
}

/** Whose code a function is: a package, a folder of ours, Node, or the garbage collector. */
export function ownerOf(functionName: string, url: string): string | null {
  if (functionName === '(idle)' || functionName === '(root)') return null;
  if (functionName === '(garbage collector)') return 'garbage collection';
  const library = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (library !== undefined) return library;
  const ours = /\/(src\/[^/]+|workflows|activities|test\/bench)(?:\/|$)/.exec(url)?.[1];
  if (ours !== undefined) return ours;
  if (url.startsWith('node:')) return url;
  return url === '' ? 'Node, native' : 'workflow bundle';
}

/** Adds up the self time of all profiles in a folder, greatest share first. */
export function sharesOf(profiles: readonly CpuProfile[]): readonly Share[] {
  const times = new Map<string, number>();
  for (const { nodes, samples, timeDeltas } of profiles) {
    const owners = new Map(nodes.map(({ id, callFrame: f }) => [id, ownerOf(f.functionName, f.url)]));
    for (const [i, id] of samples.entries()) {
      const owner = owners.get(id) ?? null;
      if (owner !== null) times.set(owner, (times.get(owner) ?? 0) + (timeDeltas[i] ?? 0));
    }
  }
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([whose, time]) => ({ whose, share: time / total }))
    .sort((a, b) => b.share - a.share);
}

// Node wrote it.
export const readProfiles = (folder: string): readonly CpuProfile[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile);
