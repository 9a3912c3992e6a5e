import type { Clock } from '../clock.js';
import { inTransaction, sqlState } from '../db/transaction.js';
import type { Actor } from '../domain/journey/inputs.js';
import type { ApplyDeps } from './apply.js';
import { withWrites } from './apply-transaction.js';
import { faultOf, fromCapture, fromEvent, type Arrival } from './ingest-check.js';
import { faulty, ingestRows } from './ingest-chunk.js';
import { ingestSignals } from './ingest-signals.js';
import { stopPoint } from '../stop-point.js';
import type { Ingest, IngestResult } from './ingest.types.js';

export interface IngestDeps extends ApplyDeps {
  readonly clock: Clock;
}

/** Per transaction: few enough that locks are short. */
const MOST_LEADS = 100;
const MOST_ROWS = 1_000;

/** Takes in leads and events: valid rows commit, faulty ones are reported by index. */
export function createIngest(deps: IngestDeps): Ingest {
  async function ingest(arrivals: readonly Arrival[], actor: Actor): Promise<readonly IngestResult[]> {
    const results = new Map<number, IngestResult>();
    const valid: Arrival[] = [];
    for (const arrival of arrivals) {
      const fault = faultOf(arrival, deps.clock.now());
      if (fault === null) valid.push(arrival);
      else results.set(arrival.index, faulty(arrival, fault));
    }
    for (const [i, chunk] of inChunks(valid).entries()) {
      for (const result of await ingestChunk(deps, chunk, actor)) results.set(result.index, result);
      stopPoint(`ingested.${i}`);
    }
    return [...results.values()].sort((a, b) => a.index - b.index);
  }
  return {
    captureLeads: (leads, actor) => {
      const now = deps.clock.now();
      return ingest(
        leads.map((lead, i) => fromCapture(lead, i, now)),
        actor,
      );
    },
    recordEvents: (events, actor) => {
      const now = deps.clock.now();
      return ingest(
        events.map((event, i) => fromEvent(event, i, now)),
        actor,
      );
    },
    recordSignals: (signals) =>
      inTransaction(deps.dataSource, (manager) =>
        withWrites(deps, manager, (tx) => ingestSignals(tx, signals, deps.clock)),
      ),
  };
}

/** In their order; rows that name their lead in the same way count as one lead. */
function inChunks(arrivals: readonly Arrival[]): readonly (readonly Arrival[])[] {
  const chunks: Arrival[][] = [];
  let leads = new Set<string>();
  for (const arrival of arrivals) {
    const lead = JSON.stringify(arrival.keys);
    const chunk = chunks.at(-1);
    const hasRoom = chunk !== undefined && chunk.length < MOST_ROWS;
    if (hasRoom && (leads.has(lead) || leads.size < MOST_LEADS)) {
      chunk.push(arrival);
      leads.add(lead);
    } else {
      chunks.push([arrival]);
      leads = new Set([lead]);
    }
  }
  return chunks;
}

/** One transaction; if a row cannot be stored, each half its own, so that in the end only that row is lost. */
async function ingestChunk(
  deps: IngestDeps,
  arrivals: readonly Arrival[],
  actor: Actor,
): Promise<readonly IngestResult[]> {
  try {
    return await inTransaction(deps.dataSource, (manager) =>
      withWrites(deps, manager, (tx) => ingestRows(tx, arrivals, actor, deps.clock.now())),
    );
  } catch (error) {
    const [only, ...others] = arrivals;
    if (!isUnstorable(error) || only === undefined) throw error;
    if (others.length === 0) {
      const detail = 'the database cannot store this row; a text may be too long to be a key';
      return [faulty(only, { code: 'not_storable', path: '', detail })];
    }
    const middle = Math.ceil(arrivals.length / 2);
    return [
      ...(await ingestChunk(deps, arrivals.slice(0, middle), actor)),
      ...(await ingestChunk(deps, arrivals.slice(middle), actor)),
    ];
  }
}

/** SQLSTATE classes that blame the data: data exception, integrity constraint, limit exceeded. */
const isUnstorable = (error: unknown): boolean =>
  ['22', '23', '54'].includes(sqlState(error)?.slice(0, 2) ?? '');
