import type { Row } from '../../../src/domain/journey/row.js';

/** Something that must never be, whatever died and when. */
export interface Violation {
  /** The promise that is broken. */
  readonly check: string;
  /** Null for what concerns no single lead. */
  readonly lead: string | null;
  readonly what: string;
}

/** A lead as database and Temporal have it. */
export interface LeadRecord {
  readonly id: string;
  /** As `SOURCE:ID`. */
  readonly externalIds: readonly string[];
  /** By the lead's own column. */
  readonly ended: boolean;
  /** The journal, in order of `seq`. */
  readonly rows: readonly Row[];
  readonly assignments: readonly { readonly rep: string; readonly role: string }[];
  /** Open workflows with the lead's id. */
  readonly openWorkflows: number;
  /** Commands in the inbox. */
  readonly commands: readonly StoredCommand[];
  /** Refusals that were counted since the newest row. */
  readonly suppressed: number;
}

export interface StoredCommand {
  readonly inputId: string;
  readonly done: boolean;
  /** The row that decided it; null for a refusal that was only counted. */
  readonly decidedSeq: number | null;
}

/** A lead that the client sent, again and again until it was answered. */
export interface SentLead {
  readonly externalIds: readonly string[];
  /** What it was answered; null: it never was. */
  readonly id: string | null;
}

/** A command that the client sent until it was answered. */
export interface SentCommand {
  readonly lead: string;
  readonly kind: string;
  /** Null: as the manager. */
  readonly rep: string | null;
  /** The id that the journal must know it by. */
  readonly inputId: string;
  readonly status: number;
  /** The row that the answer names; null where it names none. */
  readonly seq: number | null;
  /** Of a refusal. */
  readonly code: string | null;
  /** Where the lead stood after a command that was carried out. */
  readonly stage: string | null;
}

export interface EventRecord {
  readonly source: string;
  readonly id: string;
  readonly lead: string;
}

export interface DeliveryRecord {
  readonly id: string;
  readonly lead: string;
  readonly seq: number;
  /** Index of the effect in its row. */
  readonly i: number;
  /** Empty for an effect; a step of a track has none. */
  readonly part: string;
  readonly webhook: string | null;
  readonly status: string;
}

/** What the receiver of a webhook was sent, each time. */
export interface ReceivedMessage {
  readonly id: string;
  readonly body: string;
}

export interface PoolRecord {
  readonly id: string;
  /** Number of the pool's newest decision. */
  readonly seq: number;
}

export const violation = (check: string, lead: string | null, what: string): Violation => ({
  check,
  lead,
  what,
});

/** How often each value comes. */
export function tally(values: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Values that come more than once. */
export const repeated = (values: Iterable<string>): readonly string[] =>
  [...tally(values)].flatMap(([value, count]) => (count > 1 ? [value] : []));
