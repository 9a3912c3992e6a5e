import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { canonical } from '../domain/canonical.js';
import { sha256 } from '../journal/chain.js';
import { describeProblem, type BatonApi } from './baton-api.js';
import { chosenRows, type NumberedRow, type RowChoice } from './csv-rows.js';
import { inLanes } from './lanes.js';
import { oddities, toLead, UnreadableValue, type CsvRow } from './map-row.js';
import type { Mapping } from './mapping.js';

/** What became of one row. */
export interface RowReport {
  readonly row: number;
  readonly externalId: string;
  readonly status: 'created' | 'updated' | 'duplicate' | 'refused';
  /** Baton's id; null for a refused row. */
  readonly lead: string | null;
  /** What is odd about it; it was sent all the same. */
  readonly odd: readonly string[];
  /** Null unless it was refused. */
  readonly why: string | null;
}

export interface FeedOptions extends RowChoice {
  readonly file: string;
  readonly mappingFile: string;
  readonly mapping: Mapping;
  readonly api: BatonApi;
  readonly now: () => number;
  /** Rows sent a second, at most. */
  readonly rate?: number | undefined;
  /** Rows under way at the same time. */
  readonly lanes?: number;
  /** Waited for before each row: lets a caller hold back. */
  readonly before?: () => Promise<void>;
  readonly onRow: (report: RowReport, row: CsvRow) => void;
}

export type FeedSummary = Readonly<Record<RowReport['status'] | 'rows' | 'odd', number>>;

const LANES = 8;
const captured = z.object({ id: z.string(), status: z.enum(['created', 'updated']) });

/**
 * Sends the rows of a file as live leads with their events. Keys are made of file, mapping and row, so that
 * sending the same again changes nothing.
 */
export async function feed(options: FeedOptions): Promise<FeedSummary> {
  const { file, mappingFile, mapping, lanes = LANES, onRow, rate } = options;
  const counts = { rows: 0, created: 0, updated: 0, duplicate: 0, refused: 0, odd: 0 };
  const rows = paced(chosenRows(file, mappingFile, mapping, options), rate, options.now);
  await inLanes(rows, lanes, async (item) => {
    await options.before?.();
    const report = await sendRow(item, options);
    counts.rows += 1;
    counts[report.status] += 1;
    if (report.odd.length > 0) counts.odd += 1;
    onRow(report, item.row);
  });
  return counts;
}

async function sendRow({ n, row }: NumberedRow, options: FeedOptions): Promise<RowReport> {
  const { api, file, mapping } = options;
  const externalId = (row[mapping.externalId.column] ?? '').trim();
  const report = (part: Pick<RowReport, 'status' | 'lead' | 'why'>): RowReport => ({
    row: n,
    externalId,
    odd: oddities(row, mapping),
    ...part,
  });
  let body: unknown;
  try {
    body = toLead(row, mapping, new Date(options.now()).toISOString());
  } catch (error) {
    if (!(error instanceof UnreadableValue)) throw error;
    return report({ status: 'refused', lead: null, why: error.message });
  }
  const known = await findLead(api, mapping.externalId.source, externalId);
  const key = `feed-${sha256(canonical([basename(file), mapping, n, row]))}`;
  const answer = await api({ method: 'POST', path: '/v1/leads', body, key });
  // The key is made of the row, so another body can only mean another "now": this row was sent before.
  if (answer.status === 422 && known !== null) return report({ status: 'duplicate', lead: known, why: null });
  if (answer.status === 401 || answer.status === 403) throw new Error(describeProblem(answer));
  const parsed = captured.safeParse(answer.body);
  if (answer.status !== 200 || !parsed.success) {
    return report({ status: 'refused', lead: null, why: describeProblem(answer) });
  }
  const { id, status } = parsed.data;
  // The stored answer to an earlier request.
  const again = status === 'created' && known !== null;
  return report({ status: again ? 'duplicate' : status, lead: id, why: null });
}

const detail = z.object({ lead: z.object({ id: z.string() }) });

async function findLead(api: BatonApi, source: string, id: string): Promise<string | null> {
  const ref = encodeURIComponent(`external:${source}:${id}`);
  const parsed = detail.safeParse((await api({ method: 'GET', path: `/v1/leads/${ref}` })).body);
  return parsed.success ? parsed.data.lead.id : null;
}

/** Lets at most `rate` items a second pass. */
async function* paced<T>(
  items: AsyncIterable<T>,
  rate: number | undefined,
  now: () => number,
): AsyncGenerator<T> {
  const started = now();
  let passed = 0;
  for await (const item of items) {
    if (rate !== undefined) await wait(Math.max(0, started + (passed * 1000) / rate - now()));
    passed += 1;
    yield item;
  }
}
