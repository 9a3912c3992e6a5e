import type { Policy } from '../domain/policy/policy.schema.js';
import type { ScoreEntry } from '../domain/scoring/score.js';
import type { Instant } from '../domain/time.js';

/** A journal row as it lies in the database. */
export interface StoredRow {
  readonly seq: number;
  readonly inputId: string;
  readonly kind: string;
  readonly bytes: string;
  readonly prevHash: string;
  readonly hash: string;
  readonly mac: string;
  readonly keyId: string;
  readonly at: Instant;
  readonly occurred: Instant | null;
}

/** A score entry as it lies in the database. */
export interface StoredEntry extends ScoreEntry {
  readonly prevHash: string;
  readonly hash: string;
}

/** The fold of the score ledger as it is cached. */
export interface StoredScore {
  readonly version: number;
  /** Canonical JSON. */
  readonly sums: string;
  readonly lastEventAt: Instant | null;
  readonly headHash: string;
}

/** The columns of `lead` that follow from its journal. */
export interface StoredLead {
  readonly id: string;
  readonly seq: number;
  /** Canonical bytes of the journey. */
  readonly state: string;
  readonly headHash: string;
  readonly stage: string;
  readonly situation: string;
  readonly team: string;
  readonly holder: string | null;
  readonly pool: string | null;
  readonly policy: string;
  readonly ended: boolean;
  readonly at: Instant;
  readonly source: string | null;
  readonly campaign: string | null;
}

/** What is written beside the journal in the same transaction. */
export interface StoredProjections {
  readonly stageEntries: readonly {
    readonly seq: number;
    readonly i: number;
    readonly stage: string;
    readonly level: string | null;
    readonly reason: string;
    readonly at: Instant;
    readonly occurred: Instant | null;
  }[];
  readonly assignments: readonly { readonly rep: string; readonly role: string }[];
  /** Null: the lead stands in no queue. */
  readonly queue: {
    readonly pool: string;
    readonly rank: number;
    readonly excluded: readonly string[];
  } | null;
  /** Rows and effects for which a delivery was made. */
  readonly deliveries: readonly { readonly seq: number; readonly i: number }[];
  /** Rows and effects for which a task was made. */
  readonly tasks: readonly { readonly seq: number; readonly i: number; readonly title: string }[];
  /** Each stay in a track. */
  readonly tracks: readonly {
    readonly track: string;
    readonly seq: number;
    readonly enteredAt: Instant;
    readonly leftAt: Instant | null;
  }[];
  /** Inbox rows that are done by a journal row. */
  readonly decided: readonly { readonly inputId: string; readonly seq: number }[];
}

/** Everything that is stored about one lead and follows from its journal. */
export interface LeadRecords extends StoredProjections {
  readonly lead: StoredLead;
  readonly rows: readonly StoredRow[];
  readonly entries: readonly StoredEntry[];
  /** Null: no entry was ever written. */
  readonly score: StoredScore | null;
}

/** What rows refer to. */
export interface AuditSources {
  /** The policy of that hash; null when it is not there or not a policy. */
  policy(hash: string): Policy | null;
  /** The bytes of that evidence; null when they are not there. */
  evidence(hash: string): string | null;
  /** Salt and bytes of personal evidence; null when they are not there. */
  personal(hash: string): { readonly salt: string; readonly bytes: string } | null;
  /** The key of that id, which made MACs; null when it is not known here. */
  key(id: string): Buffer | null;
}
