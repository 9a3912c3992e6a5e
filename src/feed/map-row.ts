import { readMoment } from './dates.js';
import type { Mapping } from './mapping.schema.js';
import { isWhen, readValue, UnreadableValue, type CsvRow, type Value } from './read-value.js';
import { cell, fillIn, type ValueSource } from './value-source.js';

export { toCode, UnreadableValue, type CsvRow } from './read-value.js';

/** The body of `POST /v1/leads`. */
export interface LeadBody {
  readonly externalIds: readonly { readonly source: string; readonly id: string }[];
  readonly fields: Readonly<Record<string, Value>>;
  readonly events: readonly {
    readonly source: string;
    readonly id: string;
    readonly kind: string;
    readonly occurredAt: string;
    readonly properties: Readonly<Record<string, Value>>;
  }[];
  readonly [part: string]: unknown;
}

const PARTS = ['email', 'name', 'company', 'phone', 'title', 'source', 'campaign', 'occurredAt'] as const;

/**
 * Makes a live lead of a row. What nobody knows is left out, so that it empties nothing that is known.
 * @param now ISO 8601, for events that occur when they are sent
 * @throws UnreadableValue
 */
export function toLead(row: CsvRow, mapping: Mapping, now: string): LeadBody {
  const { externalId, fields, events, timeZone } = mapping;
  const id = cell(row, externalId.column).trim();
  if (id === '')
    throw new UnreadableValue(`${externalId.column} is empty: nobody could find this lead again`);
  const parts = PARTS.flatMap((part) => {
    const source = mapping[part];
    const value =
      source === undefined
        ? null
        : readValue(row, part === 'occurredAt' ? { ...source, as: 'instant' } : source, timeZone);
    return value === null ? [] : [[part, value] as const];
  });
  const known = (sources: Readonly<Record<string, ValueSource>>): Record<string, Value> =>
    Object.fromEntries(
      Object.entries(sources)
        .map(([name, source]) => [name, readValue(row, source, timeZone)] as const)
        .filter(([, value]) => value !== null),
    );
  return {
    ...Object.fromEntries(parts),
    externalIds: [{ source: externalId.source, id }],
    fields: known(fields),
    events: events
      .filter(({ when }) => when === undefined || isWhen(row, when))
      .map(({ source, id: template, kind, occurredAt, properties }) => ({
        source,
        id: fillIn(template, row),
        kind,
        occurredAt:
          occurredAt === 'now'
            ? now
            : String(readValue(row, { ...occurredAt, as: 'instant' }, timeZone) ?? now),
        properties: known(properties),
      })),
  };
}

/** What is odd about a row, in the mapping's words. */
export const oddities = (row: CsvRow, { odd }: Mapping): readonly string[] =>
  odd.flatMap(({ says, ...when }) => (isWhen(row, when) ? [says] : []));

/** A date or a timestamp as ISO 8601; without a zone it is UTC. */
export function toInstant(text: string): string | null {
  const moment = readMoment(text, { timeZone: 'UTC' });
  return moment === null ? null : new Date(moment.at).toISOString();
}
