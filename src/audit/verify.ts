import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '../clock.js';
import type { Milliseconds } from '../domain/time.js';
import type { LeadGateway } from '../leads/lead-gateway.js';
import { auditEvidence } from './audit-evidence.js';
import { auditJourney } from './audit-journey.js';
import { auditAgreement } from './audit-agreement.js';
import { auditOperations } from './audit-operations.js';
import { auditPolicies } from './audit-policies.js';
import { auditProjections } from './audit-projections.js';
import { auditInbox, auditWorkflows } from './audit-workflows.js';
import type { Finding } from './finding.js';
import { readLeadRecords, readLeadSizes, type LeadSize } from './read-lead-records.js';
import { SourceReader, type JournalKeys } from './read-sources.js';

export interface VerifyDeps {
  readonly dataSource: DataSource;
  readonly keys: JournalKeys;
  readonly clock: Clock;
  /** Null: Temporal cannot be reached, so workflows are not compared. */
  readonly gateway: Pick<LeadGateway, 'listOpen'> | null;
  /** Pause before a further look at workflows that seem to be missing. */
  readonly secondLook?: Milliseconds;
}

/** What `verify` has to tell, as it goes. */
export type VerifyStep =
  | { readonly type: 'finding'; readonly finding: Finding }
  /** Leads audited so far. */
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  /** A part is done: so many things were looked at. */
  | { readonly type: 'checked'; readonly what: string; readonly count: number }
  | { readonly type: 'skipped'; readonly what: string; readonly why: string };

/** Rows of a batch: with their evidence some ten megabytes. */
const BATCH_ROWS = 2_000;
const BATCH_LEADS = 100;

/**
 * Audits everything that is stored, or one lead. What is stored is read in one snapshot, so that a running
 * product does not disturb it; memory holds one batch of leads at a time, and the ids of open leads.
 */
export async function* verify(
  deps: VerifyDeps,
  options: { readonly lead?: string | undefined } = {},
): AsyncGenerator<VerifyStep, void, undefined> {
  const runner = deps.dataSource.createQueryRunner();
  try {
    await runner.connect();
    await runner.startTransaction('REPEATABLE READ');
    await runner.query('set transaction read only');
    if (options.lead === undefined) yield* verifyShared(runner.manager, deps.keys);
    yield* verifyLeads(runner.manager, deps.keys, options.lead ?? null);
    await runner.commitTransaction();
  } finally {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
    await runner.release();
  }
  yield* verifyRunning(deps, options.lead ?? null);
}

async function* verifyShared(manager: EntityManager, keys: JournalKeys): AsyncGenerator<VerifyStep> {
  const operations = await auditOperations(manager, keys);
  const chains = [
    ['policies', await auditPolicies(manager, keys)],
    ['operational entries', operations] as const,
    // A history that is not whole says nothing about what leans on it.
    ...(operations.difference === null
      ? [['steps and reviews of policies', await auditAgreement(manager)] as const]
      : []),
  ] as const;
  for (const [what, { count, difference }] of chains) {
    if (difference !== null) yield found({ lead: null, ...difference });
    yield { type: 'checked', what, count };
  }
  const evidence = await auditEvidence(manager);
  yield* evidence.findings.map(found);
  yield { type: 'checked', what: 'pieces of evidence', count: evidence.count };
}

async function* verifyLeads(
  manager: EntityManager,
  keys: JournalKeys,
  only: string | null,
): AsyncGenerator<VerifyStep> {
  const [all] = await manager.query<{ count: number }[]>(
    'select count(*) as count from lead where $1::text is null or id = $1',
    [only],
  );
  const total = all?.count ?? 0;
  const reader = new SourceReader(manager, keys);
  const count = { leads: 0, rows: 0, entries: 0 };
  yield { type: 'progress', done: 0, total };
  for await (const ids of batches(manager, only)) {
    const batch = await readLeadRecords(manager, ids);
    const sources = await reader.sourcesFor(batch);
    for (const records of batch) {
      const { finding, journey, rows } = auditJourney(records, sources);
      if (finding !== null) yield found(finding);
      else yield* auditProjections(records, journey, rows).map(found);
      count.leads += 1;
      count.rows += records.rows.length;
      count.entries += records.entries.length;
    }
    yield { type: 'progress', done: count.leads, total };
  }
  yield { type: 'checked', what: 'leads', count: count.leads };
  yield { type: 'checked', what: 'journal rows', count: count.rows };
  yield { type: 'checked', what: 'score entries', count: count.entries };
}

/** Ids in batches of a bounded number of rows. */
async function* batches(manager: EntityManager, only: string | null): AsyncGenerator<readonly string[]> {
  if (only !== null) {
    yield [only];
    return;
  }
  let after = '';
  for (;;) {
    const sizes = await readLeadSizes(manager, after, BATCH_LEADS);
    const last = sizes.at(-1);
    if (last === undefined) return;
    yield* inParts(sizes);
    after = last.id;
  }
}

function* inParts(sizes: readonly LeadSize[]): Generator<readonly string[]> {
  let part: string[] = [];
  let rows = 0;
  for (const size of sizes) {
    if (part.length > 0 && rows + size.rows > BATCH_ROWS) {
      yield part;
      part = [];
      rows = 0;
    }
    part.push(size.id);
    rows += size.rows;
  }
  yield part;
}

async function* verifyRunning(deps: VerifyDeps, only: string | null): AsyncGenerator<VerifyStep> {
  yield* (await auditInbox(deps.dataSource, deps.clock.now(), only)).map(found);
  if (deps.gateway === null) {
    yield { type: 'skipped', what: 'running workflows', why: 'Temporal cannot be reached' };
    return;
  }
  const { dataSource, gateway, secondLook } = deps;
  const { running, findings } = await auditWorkflows(dataSource, gateway, only, secondLook);
  yield* findings.map(found);
  yield { type: 'checked', what: 'running workflows', count: running };
}

const found = (finding: Finding): VerifyStep => ({ type: 'finding', finding });

/** One line for a person. */
export function describeFinding({ lead, seq, kind, what, expected, found: is }: Finding): string {
  const where = [...(lead === null ? [] : [`lead ${lead}`]), ...(seq === null ? [] : [`${seq}`])].join(' #');
  return `${where === '' ? '' : `${where}: `}${kind}: ${what}: expected ${short(expected)}, found ${short(is)}`;
}

const short = (text: string): string => (text.length <= 160 ? text : `${text.slice(0, 157)}…`);
