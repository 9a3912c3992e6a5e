import type { EntityManager } from 'typeorm';
import { canonical } from '../domain/canonical.js';
import type { Actor } from '../domain/journey/inputs.js';
import type { Instant } from '../domain/time.js';
import { personalEvidenceOf, personalHash } from '../journal/evidence.js';
import { withWrites } from '../leads/apply-transaction.js';
import { faultOf, fromCapture } from '../leads/ingest-check.js';
import { faulty, ingestRows } from '../leads/ingest-chunk.js';
import type { IngestDeps } from '../leads/ingest.js';
import type { IngestFault, IngestResult, LeadCapture } from '../leads/ingest.types.js';
import { addJob, importJob } from '../outbox/jobs.js';
import { planImport, type ImportPlan } from './import-plan.js';
import { checkReps, repsOf, type RepCheck } from './import-reps.js';
import { importsOf, nextLeads, saveOutcomes, type RowOutcome, type StoredImport } from './import-rows.js';
import { finishImport, lockImport, saveProgress, type ImportRecord } from './import-store.js';
import { pastOf } from './lead-past.js';
import { mapLead, type MappedLead, type WaitingRow } from './map-lead.js';
import { isOver } from './stage.js';

/** One lead of a chunk: its rows read, and what became of it. */
interface ChunkLead extends MappedLead {
  readonly externalId: string;
}

/**
 * Works on the next leads of an import, in the caller's transaction: writes them, marks their rows, and adds the job
 * that goes on. So whatever dies, and whenever, a lead and its rows are either both done or both waiting.
 */
export async function importChunk(
  deps: IngestDeps,
  manager: EntityManager,
  id: string,
  most: number,
): Promise<void> {
  const record = await lockImport(manager, id);
  if (record === null || record.state === 'done') return;
  const now = deps.clock.now();
  const waiting = await nextLeads(manager, id, most);
  if (waiting.size === 0) {
    await finishImport(manager, id, now);
    return;
  }
  const plan = planImport(
    record.document,
    record.files.map(({ name }) => name),
  );
  const leads = [...waiting].map(([externalId, rows]) => ({
    externalId,
    ...mapLead(externalId, rows, plan, now),
  }));
  const written = await inDryRun(manager, record.dryRun, () =>
    write(deps, manager, record, plan, leads, now),
  );
  const outcomes = leads.flatMap((lead, i) => outcomesOf(lead, written.ends[i], record, written.firstNamed));
  await saveOutcomes(manager, id, outcomes);
  const { made, startsUntil } = written;
  const count = written.ends.filter((end) => end?.status === 'imported').length;
  const reps = made.filter((rep) => !record.reps.includes(rep));
  await saveProgress(manager, id, { outcomes, leads: count, reps, startsUntil }, now);
  await addJob(manager, importJob(id));
}

/** Marks the rows of one lead that the database cannot store, and goes on. */
export async function refuseNext(deps: IngestDeps, manager: EntityManager, id: string): Promise<void> {
  const record = await lockImport(manager, id);
  if (record === null) return;
  const why = 'the database cannot store this lead; a text may be too long to be a key';
  const rows = [...(await nextLeads(manager, id, 1)).values()].flat();
  const outcomes = rows.map((row) => refused(row, why));
  await saveOutcomes(manager, id, outcomes);
  await saveProgress(manager, id, { outcomes, leads: 0, reps: [], startsUntil: null }, deps.clock.now());
  await addJob(manager, importJob(id));
}

/** A dry run does all that an import does, and takes it back. */
async function inDryRun<T>(manager: EntityManager, dryRun: boolean, work: () => Promise<T>): Promise<T> {
  if (!dryRun) return work();
  await manager.query('savepoint dry_run');
  const result = await work();
  await manager.query('rollback to savepoint dry_run');
  return result;
}

/** What became of one lead. */
type End =
  | { readonly status: 'imported'; readonly lead: string; readonly salt: string; readonly digest: string }
  | { readonly status: 'unchanged'; readonly lead: string }
  | { readonly status: 'refused'; readonly why: string | null };

interface Written {
  /** By the leads' places. */
  readonly ends: readonly (End | undefined)[];
  readonly made: readonly string[];
  /** Reps who were made, and the lead that named them first. */
  readonly firstNamed: ReadonlyMap<string, readonly string[]>;
  readonly startsUntil: Instant | null;
}

async function write(
  deps: IngestDeps,
  manager: EntityManager,
  record: ImportRecord,
  plan: ImportPlan,
  leads: readonly ChunkLead[],
  now: Instant,
): Promise<Written> {
  const { actor } = record;
  const readable = leads.filter((lead) => lead.rows.every(({ fault }) => fault === null));
  const reps = await checkReps(deps, manager, readable, plan.createReps, actor);
  const ready = readable.filter((lead) => missingReps(lead, reps).length === 0);
  const starts = new Starts(Math.max(now, record.startsUntil ?? now), plan.rate);
  const captures = ready.map((lead) => ({
    ...lead.capture,
    past: pastOf(lead, record.id, plan, starts.next(isOver(lead.steps.at(-1)?.stage))),
  }));
  const results = await capture(deps, manager, captures, actor, now);
  const here = results.flatMap((result) => (result.status === 'fault' ? (result.fault.leads ?? []) : []));
  const stored = await importsOf(manager, here);
  const endOf = new Map(ready.map((lead, i): [ChunkLead, End] => [lead, endFor(lead, results[i], stored)]));
  return {
    ends: leads.map((lead) => endOf.get(lead) ?? { status: 'refused', why: missingWhy(lead, reps) }),
    made: reps.made,
    firstNamed: firstNamed(ready, reps),
    startsUntil: starts.last,
  };
}

async function capture(
  deps: IngestDeps,
  manager: EntityManager,
  captures: readonly LeadCapture[],
  actor: Actor,
  now: Instant,
): Promise<readonly IngestResult[]> {
  const arrivals = captures.map((one, i) => fromCapture(one, i, now));
  const faults = arrivals.map((arrival) => faultOf(arrival, now));
  const sound = arrivals.filter((_arrival, i) => faults[i] === null);
  const results = await withWrites(deps, manager, (tx) => ingestRows(tx, sound, actor, now));
  const byIndex = new Map(results.map((result) => [result.index, result]));
  return arrivals.map((arrival, i) => {
    const fault = faults[i];
    const result = fault == null ? byIndex.get(i) : faulty(arrival, fault);
    if (result === undefined) throw new Error('ingest has said nothing about a lead');
    return result;
  });
}

function endFor(
  lead: ChunkLead,
  result: IngestResult | undefined,
  stored: ReadonlyMap<string, StoredImport>,
): End {
  if (result === undefined) throw new Error('ingest has said nothing about a lead');
  const content = contentOf(lead);
  if (result.status !== 'fault') {
    const { salt, hash } = personalEvidenceOf(content);
    return { status: 'imported', lead: result.leadId, salt, digest: hash };
  }
  const { fault } = result;
  const [here = ''] = fault.leads ?? [];
  const before = fault.code === 'not_new' ? stored.get(here) : undefined;
  if (before !== undefined && personalHash(before.salt, canonical(content)) === before.digest) {
    return { status: 'unchanged', lead: here };
  }
  return { status: 'refused', why: whyOf(fault, before) };
}

/** What tells whether the same comes again, wherever it is read. */
const contentOf = ({ capture: told, steps }: ChunkLead): unknown => ({
  capture: told,
  steps: steps.map(({ place: _place, ...step }) => step),
});

function whyOf({ code, detail, path, leads = [] }: IngestFault, before: StoredImport | undefined): string {
  if (code !== 'not_new') return path === '' ? detail : `${path}: ${detail}`;
  const [lead = ''] = leads;
  return before === undefined
    ? `it is live here already, as ${lead}: its past is closed`
    : `it was imported otherwise before, as ${lead} by ${before.import}: its past is closed`;
}

const missingReps = (lead: ChunkLead, { known }: RepCheck): readonly string[] => [
  ...new Set(repsOf(lead).filter((rep) => !known.has(rep))),
];

/** Null for a lead that one of its rows keeps out. */
function missingWhy(lead: ChunkLead, reps: RepCheck): string | null {
  const missing = missingReps(lead, reps);
  if (missing.length === 0 || lead.rows.some(({ fault }) => fault !== null)) return null;
  return `there is no rep ${missing.join(', ')}; add them, or map "reps: { missing: create }"`;
}

/** For each lead the reps who were made for it. */
function firstNamed(leads: readonly ChunkLead[], { made }: RepCheck): ReadonlyMap<string, readonly string[]> {
  const left = new Set(made);
  return new Map(
    leads.map((lead) => [lead.externalId, [...new Set(repsOf(lead))].filter((rep) => left.delete(rep))]),
  );
}

function outcomesOf(
  lead: ChunkLead,
  end: End | undefined,
  record: ImportRecord,
  named: ReadonlyMap<string, readonly string[]>,
): readonly RowOutcome[] {
  const reps = (named.get(lead.externalId) ?? []).filter((rep) => !record.reps.includes(rep));
  const last = lead.rows.length - 1;
  const faulty = lead.rows.find(({ fault }) => fault !== null);
  return lead.rows.map(({ fault, ...row }, i): RowOutcome => {
    if (end === undefined || end.status === 'refused') {
      const where = faulty === undefined ? '' : nameOf(record, faulty);
      return refused(row, fault ?? end?.why ?? `another row of this lead is refused: ${where}`);
    }
    const made = i === last ? reps.map((rep) => `rep ${rep} was not known: made, inactive`) : [];
    const imported = end.status === 'imported';
    return {
      file: row.file,
      n: row.n,
      status: end.status,
      lead: record.dryRun && imported ? null : end.lead,
      odd: [...row.odd, ...made],
      why: null,
      salt: imported && !record.dryRun ? end.salt : null,
      digest: imported && !record.dryRun ? end.digest : null,
    };
  });
}

const nameOf = ({ files }: ImportRecord, { file, n }: Pick<WaitingRow, 'file' | 'n'>): string =>
  `row ${n} of ${files[file - 1]?.name ?? ''}`;

/** What is odd about a row that nobody takes is of no interest. */
const refused = ({ file, n }: Pick<WaitingRow, 'file' | 'n'>, why: string): RowOutcome => ({
  file,
  n,
  status: 'refused',
  lead: null,
  odd: [],
  why,
  salt: null,
  digest: null,
});

/** When the workflows of open leads start: so many in a second. */
class Starts {
  #at: Instant;
  #started = false;
  readonly #step: number;

  constructor(from: Instant, rate: number) {
    this.#at = from;
    this.#step = 1000 / rate;
  }

  /** The instant for the next lead; one that is over takes none. */
  next(over: boolean): Instant {
    const at = Math.floor(this.#at);
    if (!over) {
      this.#at += this.#step;
      this.#started = true;
    }
    return at;
  }

  get last(): Instant | null {
    return this.#started ? Math.ceil(this.#at) : null;
  }
}
