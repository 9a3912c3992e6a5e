import { z } from 'zod';
import { canonical } from '../domain/canonical.js';
import { ENGINE, type Row } from '../domain/journey/row.js';
import type { Difference } from './finding.js';
import { firstDifference } from './first-difference.js';
import type { StoredRow } from './lead-records.js';

/** As much of a row as the audit itself leans on; the rest is compared byte by byte. */
const rowShape = z.looseObject({
  engine: z.int(),
  lead: z.string(),
  seq: z.int(),
  input: z.looseObject({
    kind: z.string(),
    id: z.string(),
    at: z.int(),
    occurred: z.int().nullable(),
    score: z.looseObject({ version: z.int().min(0) }),
    body: z.looseObject({}),
    personal: z.string().nullable(),
  }),
  facts: z.array(z.looseObject({ answer: z.string() })),
  policy: z.string(),
  result: z.union([
    z.looseObject({
      transitions: z.array(z.looseObject({ type: z.string() })),
      effects: z.array(z.looseObject({})),
    }),
    z.looseObject({ refusal: z.string() }),
  ]),
  deadlines: z.array(z.looseObject({})),
});

export type ParsedRow = { readonly row: Row } | { readonly difference: Difference };

/** A row from its bytes: canonical, of an engine we can run, and what the columns beside it say. */
export function parseRow(lead: string, stored: StoredRow): ParsedRow {
  const { seq, bytes } = stored;
  const differs = (kind: Difference['kind'], what: string, expected: string, found: string): ParsedRow => ({
    difference: { seq, kind, what, expected, found },
  });
  const row = toRow(bytes);
  if (row === null)
    return differs('bytes_malformed', 'bytes of the row', 'a journal row', bytes.slice(0, 200));
  const again = canonical(row);
  if (again !== bytes) return differs('bytes_malformed', 'bytes of the row', again, bytes);
  const { id, kind, at, occurred } = row.input;
  const said = firstDifference(
    { lead: row.lead, seq: row.seq, input_id: id, kind, at, occurred_at: occurred },
    {
      lead,
      seq,
      input_id: stored.inputId,
      kind: stored.kind,
      at: stored.at,
      occurred_at: stored.occurred,
    },
  );
  if (said !== null) {
    return differs('column_differs', `column ${said.path.slice(1)}`, said.expected, said.found);
  }
  if (row.engine !== ENGINE) return differs('engine_unknown', 'engine', String(ENGINE), String(row.engine));
  return { row };
}

function toRow(bytes: string): Row | null {
  try {
    const value: unknown = JSON.parse(bytes);
    // The chain has shown that we wrote it, and the shape that the audit can work with it.
    return rowShape.safeParse(value).success ? (value as Row) : null;
  } catch {
    return null;
  }
}
