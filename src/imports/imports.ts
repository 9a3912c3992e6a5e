import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '../clock.js';
import { inTransaction } from '../db/transaction.js';
import { canonical } from '../domain/canonical.js';
import type { Actor } from '../domain/journey/inputs.js';
import { Conflict, type Fault, InvalidInput, NotFound } from '../faults.js';
import { MappingError, missingColumns, parseDocument } from '../feed/mapping.js';
import type { MappingDocument } from '../feed/mapping.schema.js';
import { csvRows, ndjsonRows, UnreadableFile, type FileRow } from '../feed/read-rows.js';
import { addJob, importJob } from '../outbox/jobs.js';
import type { PolicyStore } from '../policies/policy-store.js';
import { orderFiles, planImport, type ImportPlan } from './import-plan.js';
import { insertRows, listRows, type NewRow, type ReportFilter } from './import-rows.js';
import {
  findImport,
  insertImport,
  listImports,
  saveFiles,
  type ImportFile,
  type ImportRecord,
} from './import-store.js';
import { newRow } from './new-row.js';

/** A file that came, kept where it can be read again. */
export interface BroughtFile {
  readonly name: string;
  /** By its name, else by its content type. */
  readonly format: 'csv' | 'ndjson';
  /** Of its bytes, in hex. */
  readonly sha256: string;
  /** From its start. */
  read(): Readable;
}

export interface NewImportRequest {
  /** YAML or JSON. */
  readonly mapping: string;
  readonly files: readonly BroughtFile[];
  readonly dryRun: boolean;
}

export type Imports = ReturnType<typeof createImports>;

/** In all files of an import together. */
const MOST_ROWS = 1_000_000;
const BATCH = 1_000;

export interface ImportsDeps {
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly policies: PolicyStore;
}

/** Takes in files of yesterday's leads; a job works through their rows, see `import.task.ts`. */
export function createImports({ dataSource, clock, policies }: ImportsDeps) {
  const get = async (id: string): Promise<ImportRecord> => {
    const found = await findImport(dataSource.manager, id);
    if (found === null) throw new NotFound(`there is no import ${id}`);
    return found;
  };

  return {
    get,

    /** Newest first. */
    list: (after: { readonly createdAt: number; readonly id: string } | null, limit: number) =>
      listImports(dataSource.manager, after, limit),

    /** Leads a second, from its first step to its last, or to now; null before it has come to any. */
    rateOf({ leads, startedAt, finishedAt }: ImportRecord): number | null {
      const seconds = startedAt === null ? 0 : ((finishedAt ?? clock.now()) - startedAt) / 1000;
      return seconds > 0 ? Math.round((10 * leads) / seconds) / 10 : null;
    },

    async rows(id: string, filter: ReportFilter) {
      return listRows(dataSource.manager, await get(id), filter);
    },

    /**
     * Stores the files' rows, all or none, and has them worked through. The same again is the same import: one that
     * was interrupted goes on.
     * @throws InvalidInput with every fault of mapping and files
     */
    async start(
      { mapping, files, dryRun }: NewImportRequest,
      actor: Actor,
    ): Promise<{ readonly record: ImportRecord; readonly isNew: boolean }> {
      const document = readDocument(mapping);
      const checked = orderFiles(
        document,
        files.map(({ name }) => name),
      );
      if ('faults' in checked) throw new InvalidInput(checked.faults);
      const plan = planImport(document, checked.ordered);
      const ordered = plan.files.flatMap(({ name }) => files.filter((file) => file.name === name));
      const id = importId(document, ordered, dryRun);
      return inTransaction(dataSource, async (manager) => {
        if ((await policies.active(manager, clock.now())) === null) {
          throw new Conflict('no_active_policy', 'activate a policy before leads come in');
        }
        const made = { id, document, dryRun, actor, createdAt: clock.now() };
        const isNew = await insertImport(manager, made);
        if (isNew) await saveFiles(manager, id, await storeRows(manager, id, ordered, plan));
        const record = await findImport(manager, id);
        if (record === null) throw new Error(`the import ${id} is neither new nor known`);
        if (record.state !== 'done') await addJob(manager, importJob(id));
        return { record, isNew };
      });
    },
  };
}

function readDocument(text: string): MappingDocument {
  try {
    return parseDocument('mapping', text);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    throw new InvalidInput(error.faults.map(({ path, message }) => ({ path: `/mapping${path}`, message })));
  }
}

/** Made of what it is: the same mapping, the same bytes. */
function importId(document: MappingDocument, files: readonly BroughtFile[], dryRun: boolean): string {
  const content = canonical([document, files.map(({ sha256 }) => sha256), dryRun]);
  return `im_${createHash('sha256').update(content).digest('hex').slice(0, 32)}`;
}

async function storeRows(
  manager: EntityManager,
  id: string,
  files: readonly BroughtFile[],
  plan: ImportPlan,
): Promise<readonly ImportFile[]> {
  const faults: Fault[] = [];
  const stored: ImportFile[] = [];
  let left = MOST_ROWS;
  for (const [i, file] of files.entries()) {
    const mapping = plan.files[i]?.mapping;
    if (mapping === undefined) throw new Error(`there is no mapping for file ${i}`);
    const onHeader = (header: readonly string[]): void =>
      void faults.push(
        ...inFile(file.name, [...repeatedColumns(header), ...missingColumns(mapping, header)]),
      );
    const source =
      file.format === 'csv'
        ? csvRows(file.read(), mapping.delimiter, onHeader)
        : ndjsonRows(file.read(), onHeader);
    let rows = 0;
    try {
      for await (const batch of batches(source)) {
        // The other files' headers are looked at all the same, so that every fault is told at once.
        if (faults.length > 0) break;
        rows += batch.length;
        left -= batch.length;
        if (left < 0)
          throw new UnreadableFile(`there are more than ${MOST_ROWS} rows in all; bring them in parts`);
        await insertRows(
          manager,
          id,
          batch.map((row): NewRow => newRow(i + 1, row, mapping)),
        );
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      faults.push({ path: '/file', message: `${file.name}: ${error.message}` });
    }
    stored.push({ name: file.name, sha256: file.sha256, rows });
  }
  if (faults.length > 0) throw new InvalidInput(faults);
  return stored;
}

const inFile = (name: string, faults: readonly Fault[]): Fault[] =>
  faults.map(({ path, message }) => ({ path: `/mapping${path}`, message: `${name}: ${message}` }));

const repeatedColumns = (header: readonly string[]): Fault[] =>
  header
    .filter((name, i) => name !== '' && header.indexOf(name) < i)
    .map((name) => ({ path: '', message: `there are two columns "${name}"` }));

async function* batches(rows: AsyncIterable<FileRow>): AsyncGenerator<readonly FileRow[]> {
  let batch: FileRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
