import type { z } from 'zod';
import type { importAnswer, importRow } from '../http/schemas/import.schemas.js';

export type ImportAnswer = z.output<typeof importAnswer>;
export type ImportRow = z.output<typeof importRow>;

/** Rows that are named one by one; the others are counted, and stand in the report. */
const NAMED = 20;

interface Kind {
  /** As the first row of the kind says it. */
  readonly says: string;
  count: number;
  last: ImportRow | null;
  readonly rows: ImportRow[];
}

/** What a person should look at: odd and refused rows, gathered by what is the matter with them. */
export class Lookout {
  readonly #kinds = new Map<string, Kind>();

  add(row: ImportRow): void {
    if (row.status === 'refused') this.#note('REFUSED', row.why ?? '', row);
    for (const odd of row.odd) this.#note('odd', odd, row);
  }

  /** Refused rows first, then what is rare. */
  lines(): readonly string[] {
    return [...this.#kinds]
      .sort(([a, one], [b, other]) => rank(a) - rank(b) || one.count - other.count)
      .map(([key, kind]) => line(key.startsWith('REFUSED') ? 'REFUSED' : 'odd', kind));
  }

  #note(what: 'REFUSED' | 'odd', says: string, row: ImportRow): void {
    // The same with other values is the same kind.
    const key = `${what} ${says.replace(/"[^"]*"|[a-z]+[-_][\w-]*|\d+/g, '…')}`;
    const kind = this.#kinds.get(key) ?? { says, count: 0, last: null, rows: [] };
    this.#kinds.set(key, kind);
    if (kind.last === row) return;
    kind.last = row;
    kind.count += 1;
    if (kind.rows.length < NAMED) kind.rows.push(row);
  }
}

const rank = (key: string): number => (key.startsWith('REFUSED') ? 0 : 1);

function line(what: string, { says, count, rows }: Kind): string {
  const [only] = rows;
  if (count === 1 && only !== undefined) {
    return `${what}: ${only.file} row ${only.row} (${only.externalId ?? 'no id'}): ${says}`;
  }
  const files = new Map<string, number[]>();
  for (const { file, row } of rows) files.set(file, [...(files.get(file) ?? []), row]);
  const named = [...files].map(([file, numbers]) => `${file} rows ${numbers.join(', ')}`);
  const more = count > rows.length ? `, and ${count - rows.length} more` : '';
  return `${what}: ${count} rows such as: ${says}\n    ${named.join('; ')}${more}`;
}

/** What came of it, in a few lines whose numbers add up. */
export function summary(answer: ImportAnswer): string {
  const { counts, leads, reps, leadsPerSecond, startsUntil, dryRun } = answer;
  const { rows, imported, unchanged, refused, leftOut, odd } = counts;
  const speed = leadsPerSecond === null ? '' : ` (${leadsPerSecond} a second)`;
  return [
    `${rows} rows: ${imported} imported, ${unchanged} unchanged, ${refused} refused, ${leftOut} left out; ${odd} of them odd.`,
    `${leads} ${leads === 1 ? 'lead' : 'leads'}${speed}.`,
    ...(reps.length === 0
      ? []
      : [
          `${reps.length === 1 ? '1 rep was not known and is' : `${reps.length} reps were not known and are`} made, inactive.`,
        ]),
    ...(startsUntil === null || dryRun
      ? []
      : [`The workflows of those that are open start until ${startsUntil}.`]),
    ...(dryRun ? ['A dry run: nothing was changed.'] : []),
  ].join('\n');
}
