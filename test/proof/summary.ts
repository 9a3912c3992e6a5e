import type { CheckReport, ProductRecords } from './checks/index.js';
import { tally } from './checks/records.js';
import { VICTIMS } from './kill-plan.js';
import type { Kill } from './killer.js';
import type { Exchange } from './persistent-client.js';

/** What a run came to; times in milliseconds unless a name says otherwise. */
export interface Summary {
  readonly seed: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly strikes: Readonly<Record<string, number>>;
  /** Processes that ended by themselves because another had died. */
  readonly otherRestarts: number;
  /** From the kill until it worked again. */
  readonly back: Readonly<Record<string, { readonly median: number; readonly longest: number }>>;
  readonly leads: number;
  readonly open: number;
  readonly rows: number;
  readonly refusals: number;
  readonly deadlinesApplied: number;
  readonly deadlinesStale: number;
  readonly deliveries: number;
  readonly received: number;
  readonly writes: number;
  /** Writes sent again because nobody answered, and because the answer was 503. */
  readonly unanswered: number;
  readonly unavailable: number;
  readonly readsRepeated: number;
  /** What a client waited for the answer to one write. */
  readonly wait: { readonly median: number; readonly p99: number; readonly longest: number };
  readonly playedSeconds: number;
  readonly restSeconds: number;
  readonly totalSeconds: number;
  readonly violations: number;
}

export interface Run {
  readonly seed: number;
  readonly kills: readonly Kill[];
  /** All ends of processes that the supervisor has seen. */
  readonly restarts: number;
  readonly exchanges: readonly Exchange[];
  readonly readsRepeated: number;
  readonly product: ProductRecords;
  readonly received: number;
  readonly report: CheckReport;
  readonly playedMs: number;
  readonly restMs: number;
  readonly totalMs: number;
}

export function summaryOf(run: Run): Summary {
  const { kills, exchanges, product, report } = run;
  const { leads, deliveries } = product;
  const rows = leads.flatMap((lead) => lead.rows);
  const waits = exchanges.map(({ tookMs }) => tookMs);
  const sum = (of: 'unanswered' | 'unavailable'): number =>
    exchanges.reduce((total, exchange) => total + exchange[of], 0);
  return {
    seed: run.seed,
    kills: Object.fromEntries(tally(kills.map(({ victim }) => victim))),
    strikes: Object.fromEntries(tally(kills.map(({ how }) => how))),
    otherRestarts: Math.max(0, run.restarts - kills.length),
    back: Object.fromEntries(
      VICTIMS.map((victim) => {
        const times = kills.flatMap((kill) =>
          kill.victim === victim && kill.backMs !== null ? [kill.backMs] : [],
        );
        return [victim, { median: quantile(times, 0.5), longest: quantile(times, 1) }];
      }),
    ),
    leads: leads.length,
    open: leads.filter(({ ended }) => !ended).length,
    rows: rows.length,
    refusals: rows.filter(({ result }) => 'refusal' in result).length,
    deadlinesApplied: report.deadlinesApplied,
    deadlinesStale: report.deadlinesStale,
    deliveries: deliveries.length,
    received: run.received,
    writes: exchanges.length,
    unanswered: sum('unanswered'),
    unavailable: sum('unavailable'),
    readsRepeated: run.readsRepeated,
    wait: { median: quantile(waits, 0.5), p99: quantile(waits, 0.99), longest: quantile(waits, 1) },
    playedSeconds: seconds(run.playedMs),
    restSeconds: seconds(run.restMs),
    totalSeconds: seconds(run.totalMs),
    violations: report.violations.length,
  };
}

const seconds = (ms: number): number => Math.round(ms / 1000);

/** The smallest value that so large a share does not exceed; 0 of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
