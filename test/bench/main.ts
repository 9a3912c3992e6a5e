import { mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../src/embedded/project-root.js';
import { type Line, render, skipped } from './measure/table.js';
import { readProfiles, sharesOf } from './measure/profile.js';
import { type Backend, type Options, parseOptions, type PartName } from './options.js';
import { accept } from './parts/accept.js';
import { handOff } from './parts/hand-off.js';
import { http } from './parts/http.js';
import { ingestAsService, ingestOverHttp } from './parts/ingest.js';
import { memory } from './parts/memory.js';
import { openLeads } from './parts/open-leads.js';
import type { Bench, Part } from './parts/part.js';
import { scoring } from './parts/scoring.js';
import { type Company, openCompany } from './site/company.js';
import { startSite } from './site/site.js';
import { findTemporalServer, NeedsGo, type TemporalServer } from './site/temporal-server.js';
import { forkWorker } from './workers/fork-worker.js';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const say = (message: string): void => void process.stderr.write(`  ${message}\n`);

/** Parts that run on each of Temporal's stores; the others choose for themselves. */
const ON_EACH: Partial<Record<PartName, Part>> = { 'hand-off': handOff, accept, http };

/** What was started, stopped last first, also when a signal comes. */
class Stops {
  readonly #stops: (() => Promise<void>)[] = [];

  push(stop: () => Promise<void>): void {
    this.#stops.push(stop);
  }

  /** Stops what was started since there were so many; what does not stop keeps no other from it. */
  async backTo(length: number): Promise<void> {
    const failures: unknown[] = [];
    for (let stop = this.#last(length); stop; stop = this.#last(length)) {
      await stop().catch((error: unknown) => void failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  #last(length: number): (() => Promise<void>) | undefined {
    return this.#stops.length > length ? this.#stops.pop() : undefined;
  }

  get length(): number {
    return this.#stops.length;
  }
}

class Session {
  readonly lines: Line[] = [];
  failed = false;
  readonly #profiles: string;
  #sites = 0;
  #server: TemporalServer | NeedsGo | null = null;

  constructor(
    private readonly options: Options,
    private readonly folder: string,
    private readonly stops: Stops,
    results: string,
    private readonly stopping: () => boolean,
    /** Told after each part, so that a run that is stopped keeps what it has. */
    private readonly keep: (lines: readonly Line[]) => void,
  ) {
    this.#profiles = join(results, 'profile');
  }

  async run(): Promise<void> {
    const { parts, backends } = this.options;
    const wants = (part: PartName): boolean => parts.includes(part);
    // It takes no server.
    if (wants('scoring')) {
      this.lines.push(...(await scoring({ sizes: this.options.sizes, say })));
      this.keep(this.lines);
    }
    for (const backend of backends) {
      const here = parts.filter((part) => part in ON_EACH);
      const once = backend === backends[0] && wants('ingest');
      const remembers = backend === backends.at(-1) && wants('memory');
      if (here.length === 0 && !once && !remembers) continue;
      await this.#on(backend, here.join(', '), async (company) => {
        for (const part of once ? [ingestAsService, ingestOverHttp] : []) {
          await this.#measure('ingest', company, part);
        }
        for (const part of here) await this.#measure(part, company, ON_EACH[part] ?? accept);
        if (remembers) await this.#measure('memory', company, memory);
      });
    }
    if (wants('open-leads') && backends.includes('postgres')) {
      await this.#on('postgres', 'open leads', (few) =>
        this.#on('postgres', 'open leads', async (many) => {
          const started = this.stops.length;
          const beside = openLeads(this.#benchOf(few));
          await this.#measure('open-leads', many, beside);
          await this.stops.backTo(started);
        }),
      );
    }
  }

  /** Runs `work` on servers of its own; says so where there can be none. */
  async #on(backend: Backend, part: string, work: (company: Company) => Promise<void>): Promise<void> {
    const started = this.stops.length;
    const server = backend === 'postgres' ? await this.#temporalServer() : null;
    if (server instanceof NeedsGo) {
      this.lines.push(skipped({ part, temporal: backend }, `skipped: ${server.message}`));
      return;
    }
    const folder = join(this.folder, `site-${++this.#sites}`);
    const site = await startSite({ temporalOn: backend, folder, server, say });
    this.stops.push(() => site.stop());
    const company = await openCompany(site);
    this.stops.push(() => company.close());
    await work(company);
    await this.stops.backTo(started);
  }

  /** What fails is told in the table and the rest goes on: a whole run takes long. */
  async #measure(name: PartName, company: Company, part: Part): Promise<void> {
    const started = this.stops.length;
    try {
      this.lines.push(...(await part(this.#benchOf(company))));
    } catch (error) {
      if (this.stopping()) throw error;
      const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
      say(`${name} failed: ${said}`);
      this.failed = true;
      this.lines.push(skipped({ part: name, temporal: company.site.temporalOn }, 'FAILED'));
    }
    this.keep(this.lines);
    await this.stops.backTo(started);
  }

  #benchOf(company: Company): Bench {
    const { sizes, profile } = this.options;
    const folder = join(this.folder, 'logs');
    return {
      ...{ company, sizes, folder, say },
      onEnd: (stop) => this.stops.push(stop),
      worker: async (kind, options = {}) => {
        const { site, journalKey } = company;
        const profileTo = profile ? join(this.#profiles, kind) : undefined;
        const worker = await forkWorker({ site, kind, journalKey, folder, profileTo, ...options });
        this.stops.push(() => worker.stop());
        return worker;
      },
    };
  }

  async #temporalServer(): Promise<TemporalServer | NeedsGo> {
    this.#server ??= await findTemporalServer(say).catch((error: unknown) => {
      if (error instanceof NeedsGo) return error;
      throw error;
    });
    return this.#server;
  }

  /** Where the workers' time went, as far as it was asked for. */
  printProfiles(): void {
    for (const kind of this.options.profile ? ['product', 'floor'] : []) {
      const folder = join(this.#profiles, kind);
      print(`\nWhere the CPU time of the ${kind} worker went (${folder}):`);
      for (const { whose, share } of sharesOf(readProfiles(folder)).slice(0, 20)) {
        print(`${(100 * share).toFixed(1).padStart(6)} %  ${whose}`);
      }
    }
  }
}

/** The machine, as far as numbers depend on it; not its name. */
const machine = () => ({
  cores: cpus().length,
  processor: cpus()[0]?.model ?? 'unknown',
  memoryGb: Math.round(totalmem() / 1024 ** 3),
  platform: `${process.platform}-${process.arch}`,
  node: process.version,
});

/** The handler of the signal ends the process. */
const forever = (): Promise<never> => new Promise(() => undefined);

/** Measures, prints the table and keeps it. @param args of the command line */
export async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, process.env);
  const started = new Date().toISOString().replaceAll(':', '-').slice(0, 19);
  const results = join(projectRoot(), '.cache', 'bench', started);
  const folder = join(results, 'data');
  mkdirSync(folder, { recursive: true });
  const file = `${results}.json`;
  const facts = { at: started, machine: machine(), quick: options.quick, sizes: options.sizes };
  const keep = (lines: readonly Line[]): void =>
    writeFileSync(file, `${JSON.stringify({ ...facts, lines }, null, 2)}\n`);
  const told = new AbortController();
  const stopping = (): boolean => told.signal.aborted;
  const stops = new Stops();
  const session = new Session(options, folder, stops, results, stopping, keep);
  const stopAll = async (): Promise<void> => {
    await stops.backTo(0);
    rmSync(folder, { recursive: true, force: true });
    // Nothing but a profile stays.
    if (readdirSync(results).length === 0) rmdirSync(results);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping()) process.exit(1);
      told.abort();
      say('stopping …');
      void stopAll().finally(() => {
        if (session.lines.length > 0) print(render(session.lines));
        process.exit(130);
      });
    });
  }
  try {
    await session.run();
  } catch (error) {
    // What a stopped measurement says is of no use; the handler ends the process.
    if (stopping()) return forever();
    await stops.backTo(0);
    say(`logs are in ${folder}`);
    throw error;
  }
  if (stopping()) return forever();
  // Logs of what failed stay.
  if (session.failed) await stops.backTo(0);
  else await stopAll();
  keep(session.lines);
  print(render(session.lines));
  session.printProfiles();
  print(`\nKept in ${file}`);
  if (session.failed) process.exitCode = 1;
}
