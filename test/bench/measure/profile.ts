import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
}

interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** On the monotonic clock, in microseconds, as all its times. */
  readonly startTime: number;
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

/** A profile, and from when on it is of interest: when the worker was ready. */
export interface Profiled {
  readonly profile: CpuProfile;
  readonly from: number;
}

/** Adds up the self time of all profiles, greatest share first. */
export function sharesOf(profiles: readonly Profiled[]): readonly Share[] {
  const times = new Map<string, number>();
  for (const { profile, from } of profiles) {
    const owners = new Map(profile.nodes.map(({ id, callFrame: f }) => [id, ownerOf(f.functionName, f.url)]));
    let at = profile.startTime;
    for (const [i, id] of profile.samples.entries()) {
      const took = profile.timeDeltas[i] ?? 0;
      at += took;
      const owner = owners.get(id) ?? null;
      if (at >= from && owner !== null) times.set(owner, (times.get(owner) ?? 0) + took);
    }
  }
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([whose, time]) => ({ whose, share: time / total }))
    .sort((a, b) => b.share - a.share);
}

/** Notes beside a process's profiles when it was ready. */
export function noteReady(folder: string, pid: number, at: number): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${pid}.ready`), String(at));
}

/** All profiles in a folder, of all threads: Node names them `CPU.date.time.pid.thread.n.cpuprofile`. */
export const readProfiles = (folder: string): readonly Profiled[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => {
      const ready = join(folder, `${name.split('.')[3] ?? ''}.ready`);
      return {
        // Node wrote it.
        profile: JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile,
        from: existsSync(ready) ? Number(readFileSync(ready, 'utf8')) : 0,
      };
    });
