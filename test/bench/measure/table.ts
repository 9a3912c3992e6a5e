import { type Comparison, isMet, type Spread, type Target } from './statistics.js';

/** One line of the table, as it is kept in JSON, too. */
export interface Line {
  readonly part: string;
  /** Where Temporal keeps its data; null where it takes no part. */
  readonly temporal: 'sqlite' | 'postgres' | null;
  readonly what: string;
  readonly value: Spread | null;
  readonly floor: Spread | null;
  readonly ratio: Spread | null;
  readonly target: Target | null;
  /** Null: there is no target, or nothing was measured. */
  readonly met: boolean | null;
  /** Why nothing was measured, or what one has to know. */
  readonly note: string | null;
}

type Place = Pick<Line, 'part' | 'temporal'>;

/** The product beside its floor. */
export const compared = (
  place: Place,
  what: string,
  { value, floor, ratio }: Comparison,
  target: Target | null = null,
  note: string | null = null,
): Line => ({
  ...place,
  ...{ what, value, floor, ratio, target, note },
  met: target === null ? null : isMet(ratio.median, target),
});

/** A count, or a size, that has no floor. */
export const counted = (place: Place, what: string, value: Spread, note: string | null = null): Line => ({
  ...place,
  ...{ what, value, floor: null, ratio: null, target: null, met: null, note },
});

/** What could not be measured here, and why. */
export const skipped = (place: Place, note: string): Line => ({
  ...place,
  ...{ what: '—', value: null, floor: null, ratio: null, target: null, met: null, note },
});

const HEAD = ['part', 'Temporal on', 'what', 'Baton', 'floor', 'ratio', 'target', 'met'];

/** As text, in columns: median, then (min–max) where runs differ. */
export function render(lines: readonly Line[]): string {
  const rows = lines.map((line) => [
    line.part,
    line.temporal ?? '',
    line.note === null ? line.what : `${line.what} [${line.note}]`,
    spread(line.value),
    spread(line.floor),
    spread(line.ratio),
    target(line.target),
    line.met === null ? '' : line.met ? 'yes' : 'NO',
  ]);
  const widths = HEAD.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const text = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return [text(HEAD), text(widths.map((width) => '─'.repeat(width))), ...rows.map(text)].join('\n');
}

function spread(of: Spread | null): string {
  if (of === null) return '';
  const [middle, from, to] = [of.median, of.min, of.max].map(figure);
  return from === to ? `${middle}` : `${middle} (${from}–${to})`;
}

/** Three digits that count. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString('en');
  return value.toFixed(size >= 10 ? 1 : 2);
}

const target = (of: Target | null): string =>
  of === null ? '' : 'atLeast' in of ? `≥ ${of.atLeast}` : `≤ ${of.atMost}`;
