import type { Instant } from '../domain/time.js';
import { MINUTE } from '../domain/time.js';
import type { Moment } from '../feed/dates.js';
import { oddities } from '../feed/map-row.js';
import {
  isStageName,
  STAGE_NAMES,
  type HistorySource,
  type Mapping,
  type StageName,
} from '../feed/mapping.schema.js';
import {
  isWhen,
  quoted,
  readTime,
  readValue,
  toCode,
  UnreadableValue,
  type CsvRow,
  type Value,
} from '../feed/read-value.js';
import { fillIn, type ValueSource } from '../feed/value-source.js';
import { newLead } from '../http/schemas/capture.schemas.js';
import type { ReportedEvent } from '../leads/ingest.types.js';
import { smallestUnits } from './money.js';

/** A step of a lead's past, as a row tells it. */
export interface Step {
  readonly stage: StageName;
  /** Null: nobody knows. */
  readonly moment: Moment | null;
  readonly sdr: string | null;
  readonly ae: string | null;
  readonly reason: string | null;
  readonly amount: number | null;
  readonly currency: string | null;
}

export const PARTS = ['email', 'name', 'company', 'phone', 'title', 'source', 'campaign'] as const;
export type Part = (typeof PARTS)[number];

/** What one row tells of its lead. */
export interface MappedRow {
  readonly parts: Readonly<Partial<Record<Part, string>>>;
  readonly fields: Readonly<Record<string, Exclude<Value, null>>>;
  readonly firstContact: Moment | null;
  readonly events: readonly (ReportedEvent & { readonly occurredAt: Instant })[];
  readonly steps: readonly Step[];
  /** What is odd about it; it is taken all the same. */
  readonly odd: readonly string[];
  /** Why it cannot be taken; empty when it can. */
  readonly faults: readonly string[];
}

const REP_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;
/** Clocks of other systems differ a little; what is further ahead is a mistake. */
const MOST_AHEAD = 5 * MINUTE;

/**
 * Reads one row. What is optional and cannot be read is left out and said; a stage, a time or an owner that cannot
 * be read is a fault: once the past is written nobody can mend it.
 */
export function mapImportRow(row: CsvRow, externalId: string, mapping: Mapping, now: Instant): MappedRow {
  const reader = new RowReader(row, mapping, now);
  reader.odd.push(...oddities(row, mapping));
  if (Object.values(row).some((text) => text.includes('\uFFFD'))) {
    reader.odd.push('holds characters that are no UTF-8');
  }
  const parts = Object.fromEntries(
    PARTS.flatMap((part) => {
      const value = reader.optional(part, mapping[part]);
      return value === null ? [] : [[part, String(value)]];
    }),
  );
  const firstContact = mapping.occurredAt === undefined ? null : reader.time(mapping.occurredAt);
  const events = mapping.events.flatMap((event) => reader.event(event));
  const fields = reader.values('', mapping.fields);
  const steps = mapping.history.flatMap((entry) => reader.step(entry));
  const sound = withoutFaulty({
    externalIds: [{ source: mapping.externalId.source, id: externalId }],
    ...parts,
    fields,
    events,
  });
  return {
    parts: sound.parts,
    fields: sound.fields,
    firstContact,
    events: sound.events,
    steps,
    odd: [...new Set([...reader.odd, ...sound.odd])],
    faults: [...reader.faults, ...sound.faults],
  };
}

class RowReader {
  readonly odd: string[] = [];
  readonly faults: string[] = [];

  constructor(
    private readonly row: CsvRow,
    private readonly mapping: Mapping,
    private readonly now: Instant,
  ) {}

  optional(name: string, source: ValueSource | undefined): Value {
    if (source === undefined) return null;
    const read = this.#try(() => readValue(this.row, source, this.mapping.timeZone));
    if ('value' in read) return read.value;
    this.odd.push(`${name}: ${read.why}: left out`);
    return null;
  }

  values(of: string, sources: Readonly<Record<string, ValueSource>>): Record<string, Exclude<Value, null>> {
    const values: [string, Exclude<Value, null>][] = [];
    for (const [name, source] of Object.entries(sources)) {
      const value = this.optional(`${of}${name}`, source);
      if (value !== null) values.push([name, value]);
    }
    return Object.fromEntries(values);
  }

  /** A time of the past: unreadable is a fault. */
  time(source: ValueSource): Moment | null {
    const read = this.#try(() => readTime(this.row, source, this.mapping.timeZone));
    if (!('value' in read)) {
      this.faults.push(read.why);
      return null;
    }
    if (read.value !== null && read.value.at > this.now + MOST_AHEAD) {
      this.faults.push(
        `${source.column ?? 'a time'} lies in the future: ${new Date(read.value.at).toISOString()}`,
      );
    }
    return read.value;
  }

  event({ when, source, id, kind, occurredAt, properties }: Mapping['events'][number]): MappedRow['events'] {
    if (occurredAt === 'now' || (when !== undefined && !isWhen(this.row, when))) return [];
    const moment = this.time(occurredAt);
    if (moment === null) {
      this.odd.push(`event ${kind}: nobody knows when it happened: left out`);
      return [];
    }
    const known = this.values(`event ${kind}: `, properties);
    return [{ source, id: fillIn(id, this.row), kind, occurredAt: moment.at, properties: known }];
  }

  step({ stage: source, occurredAt, when, sdr, ae, reason, amount, currency }: HistorySource): Step[] {
    if (when !== undefined && !isWhen(this.row, when)) return [];
    const stage = typeof source === 'string' ? source : this.#stage(source);
    if (stage === null) return [];
    const moment = occurredAt === 'unknown' ? null : this.time(occurredAt);
    if (moment === null && occurredAt !== 'unknown') this.odd.push(`nobody knows when it became ${stage}`);
    const ended = stage === 'closed_lost' || stage === 'disqualified';
    const won = stage === 'closed_won' ? this.#money(amount, currency) : NO_MONEY;
    return [
      {
        stage,
        moment,
        sdr: this.#rep('sdr', sdr),
        ae: this.#rep('ae', ae),
        reason: ended ? this.#reason(reason) : null,
        ...won,
      },
    ];
  }

  #stage(source: Exclude<HistorySource['stage'], string>): StageName | null {
    const read = this.#try(() => readValue(this.row, source, this.mapping.timeZone));
    if (!('value' in read)) {
      this.faults.push(read.why);
      return null;
    }
    const { value } = read;
    const column = source.column ?? source.text ?? 'stage';
    if (value === null) this.odd.push(`${column} names no stage`);
    else if (isStageName(value)) return value;
    else
      this.faults.push(
        `${column} is ${quoted(String(value))}, which is no stage; allowed: ${STAGE_NAMES.join(', ')}`,
      );
    return null;
  }

  #rep(role: string, source: ValueSource | undefined): string | null {
    const value = this.optional(role, source);
    if (value === null) return null;
    if (REP_ID.test(String(value))) return String(value);
    this.faults.push(
      `${role} ${quoted(String(value))} is no id of a rep: lower-case letters, digits, "_" and "-"`,
    );
    return null;
  }

  #reason(source: ValueSource | undefined): string | null {
    const value = this.optional('reason', source);
    const code = value === null ? '' : toCode(String(value));
    return code === '' ? null : code.slice(0, 64);
  }

  #money(amount: ValueSource | undefined, currency: ValueSource | undefined): typeof NO_MONEY {
    const [sum, unit] = [this.optional('amount', amount), this.optional('currency', currency)];
    if (sum === null) return NO_MONEY;
    const units = unit === null ? null : smallestUnits(Number(sum), String(unit));
    if (units !== null) return { amount: units, currency: String(unit) };
    this.odd.push(
      `amount: ${quoted(String(sum))} ${unit === null ? 'without a currency' : quoted(String(unit))} is no sum: left out`,
    );
    return NO_MONEY;
  }

  #try<T>(read: () => T): { readonly value: T } | { readonly why: string } {
    try {
      return { value: read() };
    } catch (error) {
      if (error instanceof UnreadableValue) return { why: error.message };
      throw error;
    }
  }
}

const NO_MONEY: { readonly amount: number | null; readonly currency: string | null } = {
  amount: null,
  currency: null,
};

interface Body {
  readonly externalIds: readonly { readonly source: string; readonly id: string }[];
  readonly fields: MappedRow['fields'];
  readonly events: MappedRow['events'];
  readonly [part: string]: unknown;
}

/** Checks as `POST /v1/leads` does, and leaves out what that would refuse. */
function withoutFaulty({ externalIds, fields, events, ...parts }: Body) {
  const body = {
    externalIds,
    ...parts,
    fields,
    events: events.map((event) => ({ ...event, occurredAt: new Date(event.occurredAt).toISOString() })),
  };
  const checked = newLead.safeParse(body);
  const [badParts, badFields, badEvents] = [new Set<string>(), new Set<string>(), new Set<number>()];
  const [odd, faults]: [string[], string[]] = [[], []];
  for (const { path, message } of checked.success ? [] : checked.error.issues) {
    const [place, name] = path;
    if (place === 'fields' && name !== undefined) {
      badFields.add(String(name));
      odd.push(`${String(name)}: ${message}: left out`);
    } else if (place === 'events' && typeof name === 'number') {
      badEvents.add(name);
      odd.push(`event ${events[name]?.kind ?? ''}: ${path.slice(2).join('.')}: ${message}: left out`);
    } else if (PARTS.some((part) => part === place)) {
      badParts.add(String(place));
      odd.push(`${String(place)} ${quoted(String(parts[String(place)]))}: ${message}: left out`);
    } else faults.push(`${path.join('.')}: ${message}`);
  }
  return {
    parts: Object.fromEntries(
      Object.entries(parts).filter(([part]) => !badParts.has(part)),
    ) as MappedRow['parts'],
    fields: Object.fromEntries(Object.entries(fields).filter(([name]) => !badFields.has(name))),
    events: events.filter((_event, i) => !badEvents.has(i)),
    odd,
    faults,
  };
}
