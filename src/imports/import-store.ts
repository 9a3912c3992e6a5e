import type { EntityManager } from 'typeorm';
import { instantParam, optionalInstantParam } from '../db/column-types.js';
import { canonical } from '../domain/canonical.js';
import type { Actor } from '../domain/journey/inputs.js';
import type { Instant } from '../domain/time.js';
import type { MappingDocument } from '../feed/mapping.schema.js';
import type { RowOutcome, RowStatus } from './import-rows.js';

export const IMPORT_STATES = ['waiting', 'importing', 'done'] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

export interface ImportFile {
  readonly name: string;
  readonly sha256: string;
  readonly rows: number;
}

/** An import, without its rows. */
export interface ImportRecord {
  readonly id: string;
  readonly document: MappingDocument;
  readonly files: readonly ImportFile[];
  readonly dryRun: boolean;
  readonly actor: Actor;
  readonly state: ImportState;
  /** How many rows there are, and how many of them are what. */
  readonly counts: ImportCounts;
  /** Leads that it has made, or (dry run) would make. */
  readonly leads: number;
  /** Reps that it has made, or would make. */
  readonly reps: readonly string[];
  readonly createdAt: Instant;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  /** When the workflow of its last open lead starts. */
  readonly startsUntil: Instant | null;
}

export interface ImportCounts {
  readonly rows: number;
  readonly imported: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly leftOut: number;
  /** Taken all the same: a part of the others. */
  readonly odd: number;
}

export type NewImport = Pick<ImportRecord, 'id' | 'document' | 'dryRun' | 'actor' | 'createdAt'>;

/** @returns whether it is new */
export async function insertImport(
  manager: EntityManager,
  { id, document, dryRun, actor, createdAt }: NewImport,
): Promise<boolean> {
  const made = await manager.query<unknown[]>(
    `insert into import (id, mapping, files, dry_run, actor, state, created_at)
     values ($1, $2, '[]', $3, $4, 'waiting', $5) on conflict (id) do nothing returning id`,
    [id, canonical(document), dryRun, canonical(actor), instantParam(createdAt)],
  );
  return made.length > 0;
}

/** What the files held, once their rows are stored. */
export async function saveFiles(
  manager: EntityManager,
  id: string,
  files: readonly ImportFile[],
): Promise<void> {
  await manager.query(
    `update import i
        set files = $2, rows = c.rows, refused = c.refused, left_out = c.left_out, odd = c.odd
       from (select count(*) as rows, count(*) filter (where status = 'refused') as refused,
                    count(*) filter (where status = 'left_out') as left_out,
                    count(*) filter (where status <> 'waiting' and odd <> '{}') as odd
               from import_row where import_id = $1) c
      where i.id = $1`,
    [id, canonical(files)],
  );
}

const COLUMNS = `id, mapping, files, dry_run as "dryRun", actor, state, rows, imported, unchanged, refused,
  left_out as "leftOut", odd, leads, reps, created_at as "createdAt", started_at as "startedAt",
  finished_at as "finishedAt", starts_until as "startsUntil"`;

type ImportColumns = Omit<ImportRecord, 'document' | 'files' | 'actor' | 'counts'> &
  ImportCounts & { readonly mapping: string; readonly files: string; readonly actor: string };

// The JSON texts are ours: nobody else writes these columns.
function toImport({
  mapping,
  files,
  actor,
  rows,
  imported,
  unchanged,
  refused,
  leftOut,
  odd,
  ...rest
}: ImportColumns): ImportRecord {
  return {
    ...rest,
    document: JSON.parse(mapping) as MappingDocument,
    files: JSON.parse(files) as ImportFile[],
    actor: JSON.parse(actor) as Actor,
    counts: { rows, imported, unchanged, refused, leftOut, odd },
  };
}

export async function findImport(manager: EntityManager, id: string): Promise<ImportRecord | null> {
  const [row] = await manager.query<ImportColumns[]>(`select ${COLUMNS} from import where id = $1`, [id]);
  return row === undefined ? null : toImport(row);
}

/** One at a time works on an import. */
export async function lockImport(manager: EntityManager, id: string): Promise<ImportRecord | null> {
  const [row] = await manager.query<ImportColumns[]>(
    `select ${COLUMNS} from import where id = $1 for no key update`,
    [id],
  );
  return row === undefined ? null : toImport(row);
}

/** Newest first. */
export async function listImports(
  manager: EntityManager,
  after: { readonly createdAt: Instant; readonly id: string } | null,
  limit: number,
): Promise<readonly ImportRecord[]> {
  const rows = await manager.query<ImportColumns[]>(
    `select ${COLUMNS} from import
      where $1::timestamptz is null or created_at < $1 or (created_at = $1 and id > $2)
      order by created_at desc, id limit $3`,
    [optionalInstantParam(after?.createdAt ?? null), after?.id ?? '', limit],
  );
  return rows.map(toImport);
}

/** What a chunk has added. */
export interface Progress {
  readonly outcomes: readonly RowOutcome[];
  readonly leads: number;
  readonly reps: readonly string[];
  readonly startsUntil: Instant | null;
}

export async function saveProgress(
  manager: EntityManager,
  id: string,
  { outcomes, leads, reps, startsUntil }: Progress,
  now: Instant,
): Promise<void> {
  const count = (status: RowStatus): number => outcomes.filter((row) => row.status === status).length;
  await manager.query(
    `update import
        set state = 'importing', started_at = coalesce(started_at, $2), imported = imported + $3,
            unchanged = unchanged + $4, refused = refused + $5, odd = odd + $6, leads = leads + $7,
            reps = reps || $8::text[], starts_until = coalesce($9, starts_until)
      where id = $1`,
    [
      id,
      instantParam(now),
      count('imported'),
      count('unchanged'),
      count('refused'),
      outcomes.filter(({ odd }) => odd.length > 0).length,
      leads,
      reps,
      optionalInstantParam(startsUntil),
    ],
  );
}

export async function finishImport(manager: EntityManager, id: string, now: Instant): Promise<void> {
  await manager.query(
    `update import set state = 'done', started_at = coalesce(started_at, $2), finished_at = $2 where id = $1`,
    [id, instantParam(now)],
  );
}
