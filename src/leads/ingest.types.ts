import type { Actor, HistoricFact, Resumption } from '../domain/journey/inputs.js';
import type { Instant } from '../domain/time.js';

/** What a lead's field can hold. */
export type FieldValue = string | number | boolean | null;

export interface ExternalId {
  readonly source: string;
  readonly id: string;
}

/** By what a lead is known: Baton's own id, ids of other systems, its e-mail. At least one. */
export interface LeadKeys {
  readonly id?: string;
  readonly externalIds?: readonly ExternalId[];
  readonly email?: string;
}

/** One thing a lead did. A repeat of (source, id) is a no-op. */
export interface NewEvent {
  readonly source: string;
  readonly id: string;
  /** A code, such as `demo_request`. `meeting_*` and `sales_activity` go into the journal. */
  readonly kind: string;
  readonly occurredAt: Instant;
  readonly properties: Readonly<Record<string, FieldValue>>;
}

/** An event as a client sends it; without `occurredAt` it happened when it came in. */
export type ReportedEvent = Omit<NewEvent, 'occurredAt'> & { readonly occurredAt?: Instant };

/** One lead as a client sends it. Absent parts stay as they are; null empties them. */
export interface LeadCapture {
  readonly keys: LeadKeys;
  readonly name?: string | null;
  readonly company?: string | null;
  readonly phone?: string | null;
  readonly title?: string | null;
  /** Further fields, merged into those known; null removes one. */
  readonly fields?: Readonly<Record<string, FieldValue>>;
  /** Where the lead came from: kept as original for a new lead, else as latest. */
  readonly source?: string | null;
  readonly campaign?: string | null;
  /** When the lead first appeared in the business; absent: now. */
  readonly occurredAt?: Instant;
  readonly events?: readonly ReportedEvent[];
  /** What it was elsewhere. Such a lead must be new here; what came before has no consequence now. */
  readonly past?: LeadPast;
}

/** Where a lead stood before it came here, and how its journey goes on. */
export interface LeadPast {
  readonly steps: readonly {
    readonly id: string;
    /** Null where nobody knows. */
    readonly occurred: Instant | null;
    readonly body: HistoricFact;
  }[];
  readonly resumed: { readonly id: string; readonly body: Resumption };
  /** When the workflow of a lead that is open starts. */
  readonly startAt: Instant;
}

/** What an account, named by its domain, looks for elsewhere; its topic is the property `topic`. */
export type AccountSignal = ReportedEvent & { readonly domain: string };

export type SignalResult =
  | { readonly index: number; readonly status: 'recorded' | 'duplicate' }
  | { readonly index: number; readonly status: 'fault'; readonly fault: IngestFault };

export type LeadEvent = ReportedEvent & { readonly lead: LeadKeys };

export type IngestFaultCode =
  | 'no_keys'
  | 'unknown_lead'
  /** The keys point to two leads: {@link IngestFault.leads} names both. */
  | 'identity_conflict'
  /** A lead with a past is here already: {@link IngestFault.leads} names it. */
  | 'not_new'
  /** An instant more than five minutes ahead of our clock. */
  | 'in_the_future'
  /** Text that PostgreSQL cannot store: a NUL character, or half of a surrogate pair. */
  | 'malformed_text'
  /** The domain is that of a provider of mail for anybody, or no domain. */
  | 'no_account'
  | 'not_storable';

export interface IngestFault {
  readonly code: IngestFaultCode;
  /** JSON Pointer into the row, such as `/events/0/occurredAt`; empty for the whole row. */
  readonly path: string;
  readonly detail: string;
  readonly leads?: readonly string[];
}

/** What became of one row of a batch. */
export type IngestResult =
  | {
      readonly index: number;
      /** `created`, `updated` for leads; `recorded`, `duplicate` for events (which may create a lead, too). */
      readonly status: 'created' | 'updated' | 'recorded' | 'duplicate';
      readonly leadId: string;
    }
  | { readonly index: number; readonly status: 'fault'; readonly fault: IngestFault };

/** In batches: valid rows commit, faulty ones are reported by index. */
export interface Ingest {
  captureLeads(leads: readonly LeadCapture[], actor: Actor): Promise<readonly IngestResult[]>;
  recordEvents(events: readonly LeadEvent[], actor: Actor): Promise<readonly IngestResult[]>;
  recordSignals(signals: readonly AccountSignal[]): Promise<readonly SignalResult[]>;
}
