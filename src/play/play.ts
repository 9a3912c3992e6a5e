import type { BatonApi } from '../feed/baton-api.js';
import type { DataSet, PlayedLead } from './data-set.js';
import type { Invariant } from './invariants.js';
import type { LogEntry } from './play-log.js';

export interface PlayOptions<L extends PlayedLead = PlayedLead> {
  /** A patient one, such as `createBatonApi({ url, key, patienceMs, longestPauseMs: 1_000 })`. */
  readonly api: BatonApi;
  readonly data: DataSet<L>;
  readonly seed: number;
  /** Every duration of the policy and of the data is divided by this whole number. */
  readonly speed: number;
  /** Leads that come in a second; absent: the data set's own. */
  readonly rate?: number | undefined;
  /** Requests under way at the same time. */
  readonly lanes?: number | undefined;
  /** No more leads come in while so many are not at rest; absent: the data set's own. */
  readonly mostMoving?: number | undefined;
  /** Where the play's own log goes, one JSON object per line; null: memory only. */
  readonly logFile: string | null;
  readonly timeoutMs: number;
  readonly say?: (line: string) => void;
  readonly onProgress?: (progress: PlayProgress) => void;
  /** Ends the play: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface PlayProgress {
  /** Of the data set. */
  readonly leads: number;
  readonly captured: number;
  /** Leads that somebody or something still moves. */
  readonly moving: number;
  readonly events: number;
  /** Commands that were answered, with 200 or 409. */
  readonly commands: number;
}

export interface PlayResult {
  /** Everything that was sent, decided and answered. */
  readonly log: readonly LogEntry[];
  readonly invariants: readonly Invariant[];
  readonly seconds: number;
}

/**
 * Plays a data set as live traffic: its leads come in and do what they do, its people answer. Playing the same
 * again goes on where it stopped.
 * @throws Error when the leads do not come to rest in time, or Baton refuses what it must not refuse
 */
export async function play<L extends PlayedLead>(_options: PlayOptions<L>): Promise<PlayResult> {
  throw new Error('not built yet');
}
