import type { EntityManager } from 'typeorm';
import type { CsvRow } from '../feed/read-value.js';
import type { ImportRecord } from './import-store.js';
import type { WaitingRow } from './map-lead.js';

export const ROW_STATUSES = ['waiting', 'imported', 'unchanged', 'refused', 'left_out'] as const;
export type RowStatus = (typeof ROW_STATUSES)[number];

/** A row as its file has it. */
export interface NewRow {
  readonly file: number;
  readonly n: number;
  /** Null where it names no lead. */
  readonly externalId: string | null;
  /** Null for one that is decided already. */
  readonly raw: CsvRow | null;
  readonly status: 'waiting' | 'refused' | 'left_out';
  readonly odd: readonly string[];
  readonly why: string | null;
}

export async function insertRows(manager: EntityManager, id: string, rows: readonly NewRow[]): Promise<void> {
  await manager.query(
    `insert into import_row (import_id, file, n, external_id, raw, status, odd, why)
     select $1, file, n, external_id, raw, status,
            array(select jsonb_array_elements_text(odd::jsonb)), why
       from unnest($2::int[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
         as r (file, n, external_id, raw, status, odd, why)`,
    [
      id,
      rows.map(({ file }) => file),
      rows.map(({ n }) => n),
      rows.map(({ externalId }) => externalId),
      // As a text: JSON escapes what PostgreSQL cannot hold.
      rows.map(({ raw }) => (raw === null ? null : JSON.stringify(raw))),
      rows.map(({ status }) => status),
      rows.map(({ odd }) => JSON.stringify(odd)),
      rows.map(({ why }) => why),
    ],
  );
}

/** The waiting rows of the next leads, by external id. */
export async function nextLeads(
  manager: EntityManager,
  id: string,
  limit: number,
): Promise<ReadonlyMap<string, readonly WaitingRow[]>> {
  const rows = await manager.query<(Omit<WaitingRow, 'raw'> & { externalId: string; raw: string })[]>(
    `select external_id as "externalId", file, n, raw, odd from import_row
      where import_id = $1 and status = 'waiting' and external_id in (
        select distinct external_id from import_row
         where import_id = $1 and status = 'waiting' order by external_id limit $2)
      order by external_id, file, n`,
    [id, limit],
  );
  const leads = new Map<string, WaitingRow[]>();
  for (const { externalId, raw, ...row } of rows) {
    const waiting = { ...row, raw: JSON.parse(raw) as CsvRow };
    const known = leads.get(externalId);
    if (known === undefined) leads.set(externalId, [waiting]);
    else known.push(waiting);
  }
  return leads;
}

/** What became of a row. */
export interface RowOutcome {
  readonly file: number;
  readonly n: number;
  readonly status: 'imported' | 'unchanged' | 'refused';
  readonly lead: string | null;
  readonly odd: readonly string[];
  readonly why: string | null;
  readonly salt: string | null;
  readonly digest: string | null;
}

export async function saveOutcomes(
  manager: EntityManager,
  id: string,
  outcomes: readonly RowOutcome[],
): Promise<void> {
  await manager.query(
    `update import_row r
        set status = o.status, lead_id = o.lead, odd = array(select jsonb_array_elements_text(o.odd)),
            why = o.why, salt = o.salt, digest = o.digest, raw = null
       from jsonb_to_recordset($2::jsonb)
         as o (file int, n int, status text, lead text, odd jsonb, why text, salt text, digest text)
      where r.import_id = $1 and r.file = o.file and r.n = o.n`,
    [id, JSON.stringify(outcomes)],
  );
}

/** Of a lead that an import has made. */
export interface StoredImport {
  readonly import: string;
  /** Salted hash of what was imported. */
  readonly salt: string;
  readonly digest: string;
}

/** Those of these leads that an import has made. */
export async function importsOf(
  manager: EntityManager,
  leads: readonly string[],
): Promise<ReadonlyMap<string, StoredImport>> {
  if (leads.length === 0) return new Map();
  const rows = await manager.query<(StoredImport & { lead: string })[]>(
    `select distinct on (lead_id) lead_id as lead, salt, digest, import_id as import from import_row
      where lead_id = any($1) and digest is not null and status = 'imported' order by lead_id, import_id, file, n`,
    [leads],
  );
  return new Map(rows.map(({ lead, ...row }) => [lead, row]));
}

/** One row of the report. */
export interface ReportRow {
  /** Name of its file, and its number there: of a CSV the first row after the header is 1, of NDJSON the first line. */
  readonly file: string;
  readonly row: number;
  readonly externalId: string | null;
  readonly status: RowStatus;
  readonly lead: string | null;
  readonly odd: readonly string[];
  readonly why: string | null;
}

export interface ReportFilter {
  readonly status: RowStatus | null;
  /** Only odd ones, or only the others. */
  readonly odd: boolean | null;
  readonly after: { readonly file: number; readonly n: number } | null;
  readonly limit: number;
}

export async function listRows(
  manager: EntityManager,
  { id, files }: Pick<ImportRecord, 'id' | 'files'>,
  { status, odd, after, limit }: ReportFilter,
): Promise<readonly (ReportRow & { readonly place: readonly [file: number, n: number] })[]> {
  const rows = await manager.query<(Omit<ReportRow, 'file' | 'row'> & { file: number; n: number })[]>(
    `select file, n, external_id as "externalId", status, lead_id as lead, odd, why from import_row
      where import_id = $1 and (file, n) > ($2::int, $3::int)
        and ($4::text is null or status = $4) and ($5::boolean is null or (odd <> '{}') = $5)
      order by file, n limit $6`,
    [id, after?.file ?? 0, after?.n ?? 0, status, odd, limit],
  );
  return rows.map(({ file, n, ...row }) => ({
    ...row,
    file: files[file - 1]?.name ?? String(file),
    row: n,
    place: [file, n],
  }));
}
