/**
 * What the scripts share: installing and building only when needed. Plain Node, because on a fresh clone
 * nothing else is there.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const inRoot = (...parts) => join(root, ...parts);

const LOCK = inRoot('package-lock.json');
const INSTALL_STAMP = inRoot('node_modules', '.baton-lock-sha256');
export const BUILD_STAMP = inRoot('dist', '.sources-sha256');

/** Runs a command in the project's folder with our output; resolves with its exit code. */
export function run(command, args, { env = process.env, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: ['inherit', quiet ? 'ignore' : 'inherit', 'inherit'],
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ? 1 : code));
  });
}

export const runNode = (args, options) => run(process.execPath, args, options);
/** A tool's own script, so that neither a shell nor a `.bin` link is needed. */
export const tool = (...path) => inRoot('node_modules', ...path);

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

const write = (file, text) => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** Whether `node_modules` holds what the lock asks for, by npm's own record (for an `npm ci` typed by hand). */
function installedMatchesLock() {
  const record = tool('.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = readJson(record).packages;
  return Object.entries(readJson(LOCK).packages).every(
    ([path, { version, optional, devOptional, peer }]) =>
      path === '' || optional || devOptional || peer || installed[path]?.version === version,
  );
}

/** `npm ci` when `node_modules` is missing or belongs to another lock file. */
export async function ensureInstalled() {
  const wanted = sha256(readFileSync(LOCK));
  if (existsSync(INSTALL_STAMP) && readFileSync(INSTALL_STAMP, 'utf8') === wanted) return;
  if (!installedMatchesLock()) {
    console.log('Installing packages (npm ci), a minute at most …');
    const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
    const npm = process.env.npm_execpath;
    const code = npm ? await runNode([npm, ...args]) : await run('npm', args);
    if (code !== 0)
      throw new Error('npm ci failed: see above. Baton needs the package registry for its first start.');
  }
  write(INSTALL_STAMP, wanted);
}

const SOURCE_FOLDERS = ['src', 'workflows', 'activities', 'examples'];
const BUILD_SETTINGS = ['tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'package-lock.json'];

function* filesUnder(folder) {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* filesUnder(path);
    else if (path.endsWith('.ts')) yield path;
  }
}

function sourcesHash() {
  const hash = createHash('sha256');
  const files = [
    ...BUILD_SETTINGS.map((name) => inRoot(name)),
    ...SOURCE_FOLDERS.flatMap((f) => [...filesUnder(inRoot(f))]),
  ];
  for (const file of files)
    hash
      .update(`${relative(root, file).split(sep).join('/')}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex');
}

/** Compiles to `dist` and notes which sources it was made of. Resolves with whether it worked. */
export async function build() {
  const sources = sourcesHash();
  const env = withoutNodeOptions();
  for (const step of [
    [tool('@nestjs', 'cli', 'bin', 'nest.js'), 'build'],
    [inRoot('scripts', 'bundle.mjs')],
  ]) {
    if ((await runNode(step, { env })) !== 0) return false;
  }
  write(BUILD_STAMP, sources);
  return true;
}

export async function ensureBuilt() {
  if (existsSync(BUILD_STAMP) && readFileSync(BUILD_STAMP, 'utf8') === sourcesHash()) return;
  console.log('Building …');
  if (!(await build())) throw new Error('The build failed: see above.');
}

/** npm passes Jest's flags on to everything it runs. */
export function withoutNodeOptions() {
  const { NODE_OPTIONS: _flags, ...env } = process.env;
  return env;
}

/** Ends the script with one plain message instead of a stack. */
export function fail(error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
