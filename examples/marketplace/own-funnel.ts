import type { FunnelBySource } from '../../src/play/data-set.js';
import type { LogEntry } from '../../src/play/play-log.js';

interface Track {
  readonly reached: Set<string>;
  now: string;
}

/**
 * The funnel as the play's own answers make it.
 * @param origins of the leads, by external id
 */
export function funnelOf(
  entries: readonly LogEntry[],
  origins: ReadonlyMap<string, string | null>,
): readonly FunnelBySource[] {
  const tracks = new Map<string, Track>();
  for (const entry of entries) {
    const track = tracks.get(entry.lead) ?? { reached: new Set(['inquiry']), now: 'inquiry' };
    if (entry.did === 'captured') tracks.set(entry.lead, track);
    if (entry.did !== 'seen' && entry.did !== 'answered') continue;
    if (entry.did === 'answered') {
      // Who accepts was offered it: the lead was an MQL, whether or not that was seen.
      if (entry.command === 'accept' && entry.stage === 'sal') track.reached.add('mql');
      // A loss that can be recycled goes through closed_lost on its way to nurture.
      if (entry.command === 'lost') track.reached.add('closed_lost');
    }
    track.reached.add(entry.stage);
    track.now = entry.stage;
  }
  const all = [...tracks].map(([lead, track]) => ({ ...track, source: origins.get(lead) ?? null }));
  const sources = [...new Set(all.map(({ source }) => source))].sort(byName);
  return sources.map((source) => {
    const own = all.filter((track) => track.source === source);
    return {
      source,
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
  own: readonly FunnelBySource[],
  reported: readonly FunnelBySource[],
): readonly string[] {
  const sources = [...new Set([...own, ...reported].map(({ source }) => source))];
  return sources.flatMap((source) => {
    const [a, b] = [own, reported].map((funnel) => funnel.find((row) => row.source === source));
    return (['reached', 'now'] as const).flatMap((what) =>
      [...new Set([...Object.keys(a?.[what] ?? {}), ...Object.keys(b?.[what] ?? {})])].flatMap((stage) => {
        const [mine, theirs] = [a?.[what][stage] ?? 0, b?.[what][stage] ?? 0];
        const name = `${source ?? '(no source)'}, ${stage}, ${what}`;
        return mine === theirs ? [] : [`${name}: ${mine} by the play's log, ${theirs} by the report`];
      }),
    );
  });
}
