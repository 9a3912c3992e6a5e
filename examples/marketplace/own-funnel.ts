import type { LogEntry } from './answer-log.js';

/** Leads by stage: ever there, and there now. */
export interface OriginFunnel {
  readonly origin: string | null;
  readonly leads: number;
  readonly reached: Readonly<Record<string, number>>;
  readonly now: Readonly<Record<string, number>>;
}

interface Track {
  readonly origin: string | null;
  readonly reached: Set<string>;
  now: string;
}

/** The funnel as the driver's own answers make it. */
export function funnelOf(entries: readonly LogEntry[]): readonly OriginFunnel[] {
  const tracks = new Map<string, Track>();
  for (const entry of entries) {
    const { id, origin } = entry.lead;
    const track = tracks.get(id) ?? { origin, reached: new Set(['inquiry']), now: 'inquiry' };
    tracks.set(id, track);
    // Who accepts was offered it: the lead was an MQL, whether or not that was seen.
    if (entry.did === 'command' && entry.command === 'accept' && entry.stage === 'sal')
      track.reached.add('mql');
    // A loss that can be recycled goes through closed_lost on its way to nurture.
    if (entry.did === 'command' && entry.command === 'lost') track.reached.add('closed_lost');
    if (entry.did === 'silence' || entry.did === 'refused') continue;
    track.reached.add(entry.stage);
    track.now = entry.stage;
  }
  const origins = [...new Set([...tracks.values()].map(({ origin }) => origin))].sort(byName);
  return origins.map((origin) => {
    const own = [...tracks.values()].filter((track) => track.origin === origin);
    return {
      origin,
      leads: own.length,
      reached: count(own.flatMap(({ reached }) => [...reached])),
      now: count(own.map(({ now }) => now)),
    };
  });
}

const count = (stages: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const stage of stages) counts[stage] = (counts[stage] ?? 0) + 1;
  return counts;
};

/** Leads without an origin last. */
const byName = (a: string | null, b: string | null): number =>
  a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -1 : 1;

/** Every number in which two funnels differ, in words. */
export function funnelDifferences(
  own: readonly OriginFunnel[],
  reported: readonly OriginFunnel[],
): readonly string[] {
  const origins = [...new Set([...own, ...reported].map(({ origin }) => origin))];
  return origins.flatMap((origin) => {
    const [a, b] = [own, reported].map((funnel) => funnel.find((row) => row.origin === origin));
    return (['reached', 'now'] as const).flatMap((what) =>
      [...new Set([...Object.keys(a?.[what] ?? {}), ...Object.keys(b?.[what] ?? {})])].flatMap((stage) => {
        const [mine, theirs] = [a?.[what][stage] ?? 0, b?.[what][stage] ?? 0];
        const name = `${origin ?? '(no origin)'}, ${stage}, ${what}`;
        return mine === theirs ? [] : [`${name}: ${mine} by the driver's log, ${theirs} by the report`];
      }),
    );
  });
}

const COLUMNS = [
  ['leads', 'leads'],
  ['mql', 'MQL'],
  ['sal', 'SAL'],
  ['sql', 'SQL'],
  ['opportunity', 'opp.'],
  ['closed_won', 'won'],
  ['closed_lost', 'lost'],
  ['nurture', 'nurture'],
  ['disqualified', 'disq.'],
] as const;
const NAME_WIDTH = 20;
const WIDTH = 9;

/** How many leads of each origin ever reached each stage. */
export function funnelTable(funnel: readonly OriginFunnel[]): string {
  const line = (name: string, cells: readonly (string | number)[]): string =>
    name.padEnd(NAME_WIDTH) + cells.map((cell) => String(cell).padStart(WIDTH)).join('');
  const cells = ({ leads, reached }: OriginFunnel): readonly number[] =>
    COLUMNS.map(([stage]) => (stage === 'leads' ? leads : (reached[stage] ?? 0)));
  const totals = COLUMNS.map((_, i) => funnel.reduce((sum, row) => sum + (cells(row)[i] ?? 0), 0));
  return [
    line(
      'origin',
      COLUMNS.map(([, title]) => title),
    ),
    ...funnel.map((row) => line(row.origin ?? '(no origin)', cells(row))),
    line('all', totals),
  ].join('\n');
}
