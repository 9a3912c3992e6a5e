import { Body, Controller, Param, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { InvalidInput } from '../../faults.js';
import type { Writes } from '../../idempotency/idempotency.js';
import type { ImportRecord } from '../../imports/import-store.js';
import type { BroughtFile, Imports } from '../../imports/imports.js';
import { CurrentWrite, type Write } from '../current-write.js';
import { decodeCursor, page } from '../cursor.js';
import { Endpoint } from '../endpoint.js';
import { importExamples } from '../examples/import.examples.js';
import { isoOf, isoOrNull } from '../iso.js';
import { limitOf } from '../schemas/common.js';
import {
  importAnswer,
  importListQuery,
  importPage,
  importPath,
  importRowPage,
  importRowsQuery,
  newImport,
} from '../schemas/import.schemas.js';
import { Service } from '../service.js';
import { uploadedFiles, type UploadedFile, Uploads } from '../uploads.js';

const FILES = 'file';
const CSV_TYPES = ['text/csv', 'application/csv', 'application/vnd.ms-excel'];
const NDJSON_TYPES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl'];

/** Yesterday's leads come in. */
@Controller()
export class ImportsController {
  constructor(
    @Service('imports') private readonly imports: Imports,
    @Service('writes') private readonly writes: Writes,
  ) {}

  @Endpoint({
    method: 'post',
    path: '/v1/imports',
    access: 'admin',
    tag: 'imports',
    summary: 'Import leads with their past',
    description:
      'Takes CSV files with a header, or NDJSON, and a mapping (docs/mapping.md). Their rows are stored, then ' +
      'worked through: watch the import. The same again is the same import and is answered with 200; one that was ' +
      'interrupted goes on.',
    status: 202,
    alsoAnswers: [200],
    takesFiles: FILES,
    answers: importAnswer,
    example: { body: importExamples.newImport, answer: importExamples.waiting },
  })
  @Uploads(FILES)
  async createImport(
    @Body({ schema: newImport }) { mapping, dryRun }: z.output<typeof newImport>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    const files = filesOf(uploadedFiles(request));
    // The files are a part of what the key stands for.
    const body = { mapping, dryRun, files: files.map(({ name, sha256 }) => [name, sha256]) };
    const { isNew, answer } = await this.writes.around({ ...write, body }, async () => {
      const started = await this.imports.start({ mapping, files, dryRun: dryRun === 'true' }, write.actor);
      return { isNew: started.isNew, answer: this.shown(started.record) };
    });
    response.status(isNew ? 202 : 200);
    return answer;
  }

  @Endpoint({
    method: 'get',
    path: '/v1/imports',
    access: 'admin',
    tag: 'imports',
    summary: 'List imports',
    description: 'Newest first.',
    status: 200,
    answers: importPage,
    example: { answer: { items: [importExamples.import], next: null } },
  })
  async listImports(
    @Query({ schema: importListQuery }) query: z.output<typeof importListQuery>,
  ): Promise<object> {
    const limit = limitOf(query);
    const found = await this.imports.list(placeOf(query.cursor), limit + 1);
    const { items, next } = page(found, limit, ({ createdAt, id }) => [createdAt, id]);
    return { items: items.map((record) => this.shown(record)), next };
  }

  @Endpoint({
    method: 'get',
    path: '/v1/imports/:id',
    access: 'admin',
    tag: 'imports',
    summary: 'Watch an import',
    status: 200,
    answers: importAnswer,
    example: { answer: importExamples.import },
  })
  async getImport(
    @Param({ schema: importPath }) { id }: z.output<typeof importPath>,
  ): Promise<z.output<typeof importAnswer>> {
    return this.shown(await this.imports.get(id));
  }

  @Endpoint({
    method: 'get',
    path: '/v1/imports/:id/rows',
    access: 'admin',
    tag: 'imports',
    summary: 'What became of each row',
    status: 200,
    answers: importRowPage,
    example: { answer: importExamples.rows },
  })
  async listImportRows(
    @Param({ schema: importPath }) { id }: z.output<typeof importPath>,
    @Query({ schema: importRowsQuery }) query: z.output<typeof importRowsQuery>,
  ): Promise<object> {
    const limit = limitOf(query);
    const { status = null, odd, cursor } = query;
    const found = await this.imports.rows(id, {
      status,
      odd: odd === undefined ? null : odd === 'true',
      after: rowOf(cursor),
      limit: limit + 1,
    });
    const { items, next } = page(found, limit, ({ place }) => place);
    return { items: items.map(({ place: _place, ...row }) => row), next };
  }

  private shown(record: ImportRecord): z.output<typeof importAnswer> {
    return shown(record, this.imports.rateOf(record));
  }
}

function filesOf(uploaded: readonly UploadedFile[]): readonly BroughtFile[] {
  if (uploaded.length === 0) {
    throw new InvalidInput([{ path: `/${FILES}`, message: 'send at least one file' }]);
  }
  return uploaded.map((file) => ({ ...file, name: file.name.slice(-255), format: formatOf(file) }));
}

/** @throws InvalidInput */
function formatOf({ name, type }: UploadedFile): BroughtFile['format'] {
  if (/\.(csv|tsv|txt)$/i.test(name)) return 'csv';
  if (/\.(ndjson|jsonl)$/i.test(name)) return 'ndjson';
  if (CSV_TYPES.includes(type)) return 'csv';
  if (NDJSON_TYPES.includes(type)) return 'ndjson';
  const message = `${name} is neither CSV nor NDJSON by its name or its type (${type}); name it .csv or .ndjson`;
  throw new InvalidInput([{ path: `/${FILES}`, message }]);
}

function shown(record: ImportRecord, leadsPerSecond: number | null): z.output<typeof importAnswer> {
  const { id, state, dryRun, files, counts, leads, reps, createdAt, startedAt, finishedAt, startsUntil } =
    record;
  const { rows, imported, unchanged, refused, leftOut, odd } = counts;
  return {
    id,
    state,
    dryRun,
    files: files.map((file) => ({ name: file.name, rows: file.rows })),
    counts: {
      rows,
      waiting: rows - imported - unchanged - refused - leftOut,
      imported,
      unchanged,
      refused,
      leftOut,
      odd,
    },
    leads,
    reps: [...reps],
    leadsPerSecond,
    createdAt: isoOf(createdAt),
    startedAt: isoOrNull(startedAt),
    finishedAt: isoOrNull(finishedAt),
    startsUntil: isoOrNull(startsUntil),
  };
}

function placeOf(cursor: string | undefined): { readonly createdAt: number; readonly id: string } | null {
  if (cursor === undefined) return null;
  const [createdAt, id] = decodeCursor(cursor, ['number', 'string']);
  return { createdAt: Number(createdAt), id: String(id) };
}

function rowOf(cursor: string | undefined): { readonly file: number; readonly n: number } | null {
  if (cursor === undefined) return null;
  const [file, n] = decodeCursor(cursor, ['number', 'number']);
  return { file: Number(file), n: Number(n) };
}
