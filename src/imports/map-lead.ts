import { howLongBefore, type Moment } from '../feed/dates.js';
import type { CsvRow } from '../feed/read-value.js';
import { isAtSales } from './stage.js';
import type { ImportPlan } from './import-plan.js';
import { mapImportRow, PARTS, type MappedRow, type Part, type Step } from './map-import-row.js';
import type { LeadCapture } from '../leads/ingest.types.js';
import type { Instant } from '../domain/time.js';

/** A row of an import that waits. */
export interface WaitingRow {
  /** Number of its file, from 1. */
  readonly file: number;
  /** Its number there, from 1. */
  readonly n: number;
  readonly raw: CsvRow;
  /** What was odd about it already when it was read. */
  readonly odd: readonly string[];
}

/** Where in the files something was read. */
export type Place = Pick<WaitingRow, 'file' | 'n'>;

export interface PlacedStep extends Step {
  readonly place: Place;
}

/** All rows of one external id as one lead. */
export interface MappedLead {
  readonly capture: LeadCapture;
  readonly steps: readonly PlacedStep[];
  readonly rows: readonly DecidedRow[];
}

export interface DecidedRow extends Place {
  readonly odd: readonly string[];
  /** Why the row keeps its lead out; null where it does not. */
  readonly fault: string | null;
}

/** Makes one lead of its rows: in the order of the files, then of `orderBy`, then as they stand. */
export function mapLead(
  externalId: string,
  waiting: readonly WaitingRow[],
  plan: ImportPlan,
  now: Instant,
): MappedLead {
  const rows = inOrder(waiting, plan).map(({ row, mapping }) => ({
    ...row,
    mapped: mapImportRow(row.raw, externalId, mapping, now),
    timeZone: mapping.timeZone,
  }));
  const merged = new Merged(plan);
  const told = rows.map((row) => ({ ...row, more: merged.add(row) }));
  const last = told.length - 1;
  return {
    capture: merged.capture(externalId),
    steps: merged.steps,
    rows: told.map(({ file, n, odd, mapped, more }, i) => ({
      file,
      n,
      odd: [
        ...odd,
        ...mapped.odd,
        ...more,
        ...(i === 0 ? merged.oddAtStart() : []),
        ...(i === last ? merged.oddAtEnd() : []),
      ],
      fault: mapped.faults.length === 0 ? null : mapped.faults.join('; '),
    })),
  };
}

function inOrder(rows: readonly WaitingRow[], plan: ImportPlan) {
  return rows
    .flatMap((row) => {
      const mapping = plan.files[row.file - 1]?.mapping;
      if (mapping === undefined) throw new Error(`the import has no file ${row.file}`);
      const { orderBy } = mapping;
      return [{ row, mapping, key: orderBy === undefined ? '' : (row.raw[orderBy] ?? '') }];
    })
    .sort((a, b) => a.row.file - b.row.file || (a.key < b.key ? -1 : a.key > b.key ? 1 : a.row.n - b.row.n));
}

type Told = WaitingRow & { readonly mapped: MappedRow; readonly timeZone: string };

/** The first word counts where it tells of the beginning, the last one where it tells of the person. */
const FIRST_COUNTS: readonly Part[] = ['source', 'campaign'];

/** What the rows of a lead come to, row by row. */
class Merged {
  readonly steps: PlacedStep[] = [];
  readonly #parts = new Map<Part, { readonly value: string; readonly place: Place }>();
  readonly #fields = new Map<
    string,
    { readonly value: MappedRow['fields'][string]; readonly place: Place }
  >();
  readonly #events: MappedRow['events'][number][] = [];
  #firstContact: Moment | null = null;
  #latest: { readonly stage: string; readonly moment: Moment } | null = null;

  constructor(private readonly plan: ImportPlan) {}

  /** @returns what is odd about the row beside those before it */
  add({ mapped, timeZone, ...place }: Told): readonly string[] {
    const odd: string[] = [];
    for (const part of PARTS) {
      const value = mapped.parts[part];
      if (value === undefined) continue;
      const known = this.#parts.get(part);
      const first = FIRST_COUNTS.includes(part);
      if (known !== undefined && known.value !== value) odd.push(this.#differs(part, known.place, first));
      if (known === undefined || !first) this.#parts.set(part, { value, place });
    }
    for (const [name, value] of Object.entries(mapped.fields)) {
      const known = this.#fields.get(name);
      if (known !== undefined && known.value !== value) odd.push(this.#differs(name, known.place, false));
      this.#fields.set(name, { value, place });
    }
    this.#events.push(...mapped.events);
    if (mapped.firstContact !== null) {
      if (this.#firstContact === null) {
        this.#firstContact = mapped.firstContact;
        odd.push(...this.#backwards('inquiry', mapped.firstContact, timeZone));
      } else if (this.#firstContact.at !== mapped.firstContact.at) {
        odd.push('another time of first contact than in a row before; the first one counts');
      }
    }
    for (const step of mapped.steps) {
      this.steps.push({ ...step, place: { file: place.file, n: place.n } });
      if (step.moment !== null) odd.push(...this.#backwards(step.stage, step.moment, timeZone));
    }
    return odd;
  }

  capture(externalId: string): LeadCapture {
    const [source = ''] = this.plan.files.map(({ mapping }) => mapping.externalId.source);
    const { email, ...parts } = Object.fromEntries(
      [...this.#parts].map(([part, { value }]) => [part, value]),
    ) as Partial<Record<Part, string>>;
    return {
      keys: { externalIds: [{ source, id: externalId }], ...(email === undefined ? {} : { email }) },
      ...parts,
      fields: Object.fromEntries([...this.#fields].map(([name, { value }]) => [name, value])),
      ...(this.#firstContact === null ? {} : { occurredAt: this.#firstContact.at }),
      events: this.#events,
    };
  }

  oddAtStart(): readonly string[] {
    const told = this.plan.files.some(({ mapping }) => mapping.occurredAt !== undefined);
    return told && this.#firstContact === null ? ['nobody knows when it first came'] : [];
  }

  oddAtEnd(): readonly string[] {
    const stage = this.steps.at(-1)?.stage;
    const owned = this.steps.some(({ sdr, ae }) => sdr !== null || ae !== null);
    return stage !== undefined && isAtSales(stage) && !owned ? [`${stage} has no owner`] : [];
  }

  #backwards(stage: string, moment: Moment, timeZone: string): readonly string[] {
    const before = this.#latest === null ? null : howLongBefore(moment, this.#latest.moment, timeZone);
    if (before !== null) return [`${stage} occurred ${before} before ${this.#latest?.stage ?? ''}`];
    // Of what came at the same time the first one is named.
    if (this.#latest === null || moment.at > this.#latest.moment.at) this.#latest = { stage, moment };
    return [];
  }

  #differs(what: string, { file, n }: Place, first: boolean): string {
    const where = this.plan.files.length === 1 ? '' : ` of ${this.plan.files[file - 1]?.name ?? ''}`;
    return `${what} is another than in row ${n}${where}; ${first ? 'that one' : 'this one'} counts`;
  }
}
