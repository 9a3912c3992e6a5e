import type { Instant } from '../domain/time.js';

/** What a column can hold, by its type in PostgreSQL. */
interface ValueOf {
  readonly text: string | null;
  readonly int: number | null;
  readonly bigint: number | null;
  /** A decimal number as text. */
  readonly numeric: string | null;
  readonly boolean: boolean | null;
  readonly timestamptz: Instant | null;
  readonly jsonb: unknown;
  readonly 'text[]': readonly string[];
}
export type SqlType = keyof ValueOf;

/** A table as `PendingWrites` writes it. */
export interface Table {
  readonly name: string;
  /** The columns that we give values for. */
  readonly columns: Readonly<Record<string, SqlType>>;
  /** By what a row is found; a second write to the same row joins the first. */
  readonly key: readonly string[];
  /** What an insert does with a row that is there already; the row is called `t`. */
  readonly onConflict?: string;
  /** Rows are numbered by the database in the order in which they were given. */
  readonly inOrder?: boolean;
  /** What a change sets, where that is not the given values: by column, over the row `t` and the given one `r`. */
  readonly sets?: Readonly<Record<string, string>>;
  /** Columns whose values the database finds itself, beside the given row `r`. */
  readonly found?: { readonly columns: Readonly<Record<string, string>>; readonly join: string };
}

/** A whole row. */
export type RowOf<T extends Table> = { readonly [C in keyof T['columns']]: ValueOf[T['columns'][C]] };
/** What names a row. */
export type KeyOf<T extends Table> = Pick<RowOf<T>, T['key'][number]>;

const table = <const T extends Table>(definition: T): T => definition;

export const LEAD = table({
  name: 'lead',
  columns: {
    id: 'text',
    seq: 'int',
    state: 'text',
    head_hash: 'text',
    stage: 'text',
    situation: 'text',
    team: 'text',
    holder: 'text',
    pool_id: 'text',
    policy: 'text',
    source: 'text',
    campaign: 'text',
    latest_source: 'text',
    latest_campaign: 'text',
    score: 'int',
    ended: 'boolean',
    captured_at: 'timestamptz',
    at: 'timestamptz',
    wake_at: 'timestamptz',
    refusals: 'text',
    refusals_suppressed: 'int',
  },
  key: ['id'],
});

export const LEAD_PROFILE = table({
  name: 'lead_profile',
  columns: {
    lead_id: 'text',
    email: 'text',
    name: 'text',
    company: 'text',
    phone: 'text',
    title: 'text',
    fields: 'jsonb',
    updated_at: 'timestamptz',
  },
  key: ['lead_id'],
  onConflict: `(lead_id) do update
    set email = excluded.email, name = excluded.name, company = excluded.company, phone = excluded.phone,
        title = excluded.title, fields = excluded.fields, updated_at = excluded.updated_at`,
});

/** Whoever writes has the lead's lock and knows that the fact is the newest of its source. */
export const LEAD_FACT = table({
  name: 'lead_fact',
  columns: {
    lead_id: 'text',
    field: 'text',
    source: 'text',
    value: 'jsonb',
    occurred_at: 'timestamptz',
    event_id: 'text',
    recorded_at: 'timestamptz',
  },
  key: ['lead_id', 'field', 'source'],
  onConflict: `(lead_id, field, source) do update
    set value = excluded.value, occurred_at = excluded.occurred_at, event_id = excluded.event_id,
        recorded_at = excluded.recorded_at`,
});

export const EVENT = table({
  name: 'event',
  columns: {
    source: 'text',
    event_id: 'text',
    id: 'text',
    lead_id: 'text',
    kind: 'text',
    properties: 'jsonb',
    occurred_at: 'timestamptz',
    recorded_at: 'timestamptz',
  },
  key: ['source', 'event_id'],
  // Whoever writes has looked: one that is there now was brought by somebody else meanwhile.
  onConflict: '(source, event_id) do nothing',
});

export const JOURNAL = table({
  name: 'journal',
  columns: {
    lead_id: 'text',
    seq: 'int',
    input_id: 'text',
    kind: 'text',
    bytes: 'text',
    prev_hash: 'text',
    hash: 'text',
    mac: 'text',
    key_id: 'text',
    at: 'timestamptz',
    occurred_at: 'timestamptz',
  },
  key: ['lead_id', 'seq'],
});

export const EVIDENCE = table({
  name: 'evidence',
  columns: { hash: 'text', bytes: 'text' },
  key: ['hash'],
  onConflict: 'do nothing',
});

export const INBOX = table({
  name: 'inbox',
  columns: {
    lead_id: 'text',
    input_id: 'text',
    class: 'text',
    kind: 'text',
    payload: 'text',
    body_hash: 'text',
    received_at: 'timestamptz',
    decided_seq: 'int',
    answer: 'text',
    done: 'boolean',
  },
  key: ['lead_id', 'input_id'],
  onConflict: '(lead_id, input_id) do nothing',
  inOrder: true,
});

export const SCORE_ENTRY = table({
  name: 'score_entry',
  columns: {
    lead_id: 'text',
    n: 'int',
    rule: 'text',
    score_group: 'text',
    micro: 'bigint',
    occurred_at: 'timestamptz',
    recorded_at: 'timestamptz',
    cause: 'text',
    reverses: 'int',
    prev_hash: 'text',
    hash: 'text',
  },
  key: ['lead_id', 'n'],
});

export const SCORE_STATE = table({
  name: 'score_state',
  columns: {
    lead_id: 'text',
    version: 'int',
    sums: 'text',
    last_event_at: 'timestamptz',
    head_hash: 'text',
  },
  key: ['lead_id'],
  onConflict: `(lead_id) do update
    set version = excluded.version, sums = excluded.sums, last_event_at = excluded.last_event_at,
        head_hash = excluded.head_hash`,
});

export const SCORE_WINDOW = table({
  name: 'score_window',
  columns: {
    lead_id: 'text',
    rule: 'text',
    window_start: 'timestamptz',
    n: 'int',
    occurred_at: 'timestamptz',
    source: 'text',
    event_id: 'text',
  },
  key: ['lead_id', 'rule', 'window_start'],
  onConflict: `(lead_id, rule, window_start) do update
    set n = excluded.n, occurred_at = excluded.occurred_at, source = excluded.source, event_id = excluded.event_id`,
});

export const SCORE_STEP = table({
  name: 'score_step',
  columns: {
    lead_id: 'text',
    rule: 'text',
    step: 'int',
    occurred_at: 'timestamptz',
    source: 'text',
    event_id: 'text',
    event: 'text',
  },
  key: ['lead_id', 'rule', 'step', 'occurred_at', 'source', 'event_id'],
});

export const INTENT_SIGNAL = table({
  name: 'intent_signal',
  columns: {
    source: 'text',
    event_id: 'text',
    id: 'text',
    account: 'text',
    kind: 'text',
    topic: 'text',
    occurred_at: 'timestamptz',
    recorded_at: 'timestamptz',
  },
  key: ['source', 'event_id'],
  onConflict: '(source, event_id) do nothing',
});

export const STAGE_ENTRY = table({
  name: 'stage_entry',
  columns: {
    lead_id: 'text',
    seq: 'int',
    i: 'int',
    stage: 'text',
    level: 'text',
    reason: 'text',
    at: 'timestamptz',
    occurred_at: 'timestamptz',
  },
  key: ['lead_id', 'seq', 'i'],
});

export const ASSIGNMENT = table({
  name: 'assignment',
  columns: { lead_id: 'text', rep_id: 'text', role: 'text', since: 'timestamptz' },
  key: ['lead_id', 'rep_id'],
  onConflict: '(lead_id, rep_id) do update set role = excluded.role',
});

export const POOL_QUEUE = table({
  name: 'pool_queue',
  columns: { lead_id: 'text', pool_id: 'text', rank: 'int', since: 'timestamptz', excluded: 'text[]' },
  key: ['lead_id'],
  // Who waits on in the same pool keeps the place.
  onConflict: `(lead_id) do update
    set pool_id = excluded.pool_id, rank = excluded.rank, excluded = excluded.excluded,
        since = case when t.pool_id = excluded.pool_id then t.since else excluded.since end`,
  inOrder: true,
});

export const POOL = table({ name: 'pool', columns: { id: 'text', seq: 'bigint' }, key: ['id'] });

export const POOL_MEMBER = table({
  name: 'pool_member',
  columns: { pool_id: 'text', rep_id: 'text', position: 'numeric' },
  key: ['pool_id', 'rep_id'],
});

/** One row for each webhook, or one that says that there is none. */
export const DELIVERY = table({
  name: 'delivery',
  columns: {
    lead_id: 'text',
    seq: 'int',
    i: 'int',
    part: 'text',
    about: 'text',
    rule: 'text',
    step: 'int',
    topic: 'text',
    text: 'text',
    recipient_kind: 'text',
    recipient: 'text',
    created_at: 'timestamptz',
  },
  key: ['lead_id', 'seq', 'i', 'part'],
  found: {
    columns: {
      id: `'dl_' || gen_random_uuid()`,
      webhook_id: 'w.id',
      status: `case when w.id is null then 'no_endpoint' else 'pending' end`,
    },
    join: 'left join webhook w on w.active',
  },
});

export const TASK = table({
  name: 'task',
  columns: {
    lead_id: 'text',
    seq: 'int',
    i: 'int',
    part: 'text',
    playbook: 'text',
    track: 'text',
    title: 'text',
    assignee: 'text',
    rep_id: 'text',
    team: 'text',
    cancel_on: 'text',
    stage: 'text',
    due_at: 'timestamptz',
    created_at: 'timestamptz',
  },
  key: ['lead_id', 'seq', 'i', 'part'],
  found: { columns: { id: `'tk_' || gen_random_uuid()` }, join: '' },
});

const CANCELLED = `((t.cancel_on = 'ended' and r.ended)
  or (t.cancel_on = 'left' and r.stages_left @> to_jsonb(t.stage)))`;

/** The open tasks of a lead that moves: those that are over with it are cancelled, the others follow its owner. */
export const TASKS_OF_LEAD = table({
  name: 'task',
  columns: {
    lead_id: 'text',
    /** `open`: only these. */
    status: 'text',
    ended: 'boolean',
    /** A list of texts. */
    stages_left: 'jsonb',
    rep_id: 'text',
    team: 'text',
    at: 'timestamptz',
    actor: 'jsonb',
  },
  key: ['lead_id', 'status'],
  sets: {
    status: `case when ${CANCELLED} then 'cancelled' else t.status end`,
    finished_at: `case when ${CANCELLED} then r.at end`,
    finished_by: `case when ${CANCELLED} then r.actor end`,
    rep_id: `case when t.assignee = 'owner' and not ${CANCELLED} then r.rep_id else t.rep_id end`,
    team: `case when t.assignee = 'owner' and not ${CANCELLED} then r.team else t.team end`,
  },
});

export const TRACK_ENROLMENT = table({
  name: 'track_enrolment',
  columns: {
    lead_id: 'text',
    track: 'text',
    seq: 'int',
    policy: 'text',
    entered_at: 'timestamptz',
    done: 'int',
    next_at: 'timestamptz',
    left_at: 'timestamptz',
  },
  key: ['lead_id', 'track', 'seq'],
});
