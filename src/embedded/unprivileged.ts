import { execFileSync, spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';

/** How to run a program that refuses to be root: words put before the command, or a user to switch to. */
export interface Unprivileged {
  readonly prefix: readonly string[];
  readonly user?: { readonly uid: number; readonly gid: number };
}

const NOBODY = 65_534;
/** A user namespace in which root's files are ours and we are not root: works in folders only root may enter. */
const NAMESPACE_COMMAND = 'unshare';
const NAMESPACE_ARGS = ['-U', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];

let known: Unprivileged | undefined;

/**
 * As a normal user nothing is changed. As root, or as a number without a name (a container's `--user 1234`,
 * which initdb refuses): a user namespace. Where root is refused that: another user.
 */
export function unprivileged(): Unprivileged {
  known ??= find();
  return known;
}

function find(): Unprivileged {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && hasName()) return { prefix: [] };
  if (process.platform === 'linux') {
    const { status } = spawnSync(NAMESPACE_COMMAND, [...NAMESPACE_ARGS, 'true'], { stdio: 'ignore' });
    if (status === 0) return { prefix: [NAMESPACE_COMMAND, ...NAMESPACE_ARGS] };
  }
  if (!isRoot) return { prefix: [] };
  return { prefix: [], user: idsOf('postgres') ?? idsOf('nobody') ?? { uid: NOBODY, gid: NOBODY } };
}

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

function idsOf(user: string): { uid: number; gid: number } | undefined {
  const ask = (option: string): number =>
    Number(execFileSync('id', [option, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    return undefined;
  }
}
