import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../../src/embedded/project-root.js';

const run = promisify(execFile);

/** The release whose development server `npm start` runs, but for the last digit. */
const VERSION = '1.32.1';
const PACKAGES = ['cmd/server', 'cmd/tools/sql'].map((path) => `go.temporal.io/server/${path}@v${VERSION}`);

/** The production server and the tool that makes its tables. */
export interface TemporalServer {
  readonly server: string;
  readonly sql: string;
}

/** No Go here: what needs the production server is left out, and says so. */
export class NeedsGo extends Error {
  override readonly name = 'NeedsGo';
  constructor() {
    super('needs Go 1.26 or newer on PATH, to build the Temporal server once');
  }
}

/**
 * The production server from the project's cache, built there the first time; minutes of work.
 * @throws NeedsGo
 */
export async function findTemporalServer(say: (message: string) => void): Promise<TemporalServer> {
  const cache = join(projectRoot(), '.cache', 'temporal-server');
  const folder = join(cache, VERSION);
  const found: TemporalServer = { server: join(folder, 'server'), sql: join(folder, 'sql') };
  if (await isRight(found)) return found;
  if ((await run('go', ['version']).catch(() => null)) === null) throw new NeedsGo();

  say(`building the Temporal server ${VERSION} with Go, once; five to fifteen minutes …`);
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, 'new-'));
  try {
    const log = join(cache, 'build.log');
    const code = await goInstall(fresh, log);
    if (code !== 0) {
      throw new Error(`go install of the Temporal server failed:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  if (!(await isRight(found))) throw new Error(`${found.server} was built and is not ${VERSION}`);
  return found;
}

/** Both are there and say that they are this version. */
async function isRight({ server, sql }: TemporalServer): Promise<boolean> {
  if (!existsSync(server) || !existsSync(sql)) return false;
  const versions = await Promise.all(
    [server, sql].map(async (program) => (await run(program, ['--version'])).stdout),
  );
  return versions.every((text) => text.includes(VERSION));
}

function goInstall(folder: string, log: string): Promise<number | null> {
  const output = openSync(log, 'w');
  return new Promise((resolve, reject) => {
    const child = spawn('go', ['install', ...PACKAGES], {
      env: { ...process.env, GOBIN: folder, CGO_ENABLED: '0', GOFLAGS: '-trimpath' },
      stdio: ['ignore', output, output],
    });
    child.once('error', reject);
    child.once('exit', resolve);
  });
}
