import type { Milliseconds } from '../domain/time.js';
import type { JourneyRow } from './journeys.js';

/** What happened to all leads of a play, by their journals. */
export interface Tally {
  /** Leads by stage: where they stand, and how many were ever there. */
  readonly now: Readonly<Record<string, number>>;
  readonly reached: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<Counted, number>>;
  /** Steps back, such as `sal → nurture`, and how often. */
  readonly regressions: Readonly<Record<string, number>>;
  /** From an offer to its acceptance, and from the start of a hand-off to the first response; sorted. */
  readonly acceptedIn: readonly Milliseconds[];
  readonly respondedIn: readonly Milliseconds[];
}

export const COUNTED = [
  'hand-offs',
  'offered',
  'assigned',
  'accepted',
  'declined',
  'lapsed',
  'reassigned',
  'queued',
  'escalated',
  'rejected',
  'reviews',
  'recycled',
  'first responses',
  'of them late',
  'meetings',
  'refusals',
  'won',
  'lost',
] as const;
export type Counted = (typeof COUNTED)[number];

/** How far a lead has come; nurture and review stand beside the funnel. */
const RANKS: readonly string[] = ['inquiry', 'mql.early', 'mql.advanced', 'sal', 'sql', 'opportunity'];

/** The stage that the rows end in; null without any. */
export const stageAfter = (rows: readonly JourneyRow[]): string | null => stagesOf(rows).at(-1) ?? null;

/** The stages that the rows go through, in order. */
export const stagesOf = (rows: readonly JourneyRow[]): readonly string[] =>
  rows.flatMap(({ transitions }) =>
    transitions.flatMap((transition) => (transition.type === 'stage_entered' ? [transition.stage] : [])),
  );

export function tallyOf(journeys: Iterable<readonly JourneyRow[]>): Tally {
  const now = new Map<string, number>();
  const reached = new Map<string, number>();
  const regressions = new Map<string, number>();
  const counts = new Map<Counted, number>();
  const acceptedIn: Milliseconds[] = [];
  const respondedIn: Milliseconds[] = [];
  for (const rows of journeys) {
    add(now, stageAfter(rows) ?? 'none');
    for (const stage of new Set(stagesOf(rows))) add(reached, stage);
    for (const counted of rows.flatMap(countedIn)) add(counts, counted);
    for (const step of stepsBack(rows)) add(regressions, step);
    const waits = waitsOf(rows);
    acceptedIn.push(...waits.accepted);
    respondedIn.push(...waits.responded);
  }
  return {
    now: Object.fromEntries(now),
    reached: Object.fromEntries(reached),
    // A map knows no missing names.
    counts: Object.fromEntries(COUNTED.map((name) => [name, counts.get(name) ?? 0])) as Tally['counts'],
    regressions: Object.fromEntries([...regressions].sort(([, a], [, b]) => b - a)),
    acceptedIn: acceptedIn.sort((a, b) => a - b),
    respondedIn: respondedIn.sort((a, b) => a - b),
  };
}

const add = <K>(counts: Map<K, number>, key: K): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

function countedIn({ kind, transitions, refusal }: JourneyRow): readonly Counted[] {
  const counted = transitions.flatMap((transition): readonly Counted[] => {
    switch (transition.type) {
      case 'hand_off_opened':
        return ['hand-offs'];
      case 'hand_off_moved':
        return [transition.status];
      case 'hand_off_closed':
        return transition.outcome === 'accepted' ? ['accepted'] : [];
      case 'rep_excluded':
        return [transition.why];
      case 'rejected':
        return ['rejected'];
      case 'review_opened':
        return ['reviews'];
      case 'recycled':
        return transition.counted ? ['recycled'] : [];
      case 'responded':
        return transition.lateBy === null ? ['first responses'] : ['first responses', 'of them late'];
      case 'outcome':
        return [transition.outcome];
      default:
        return [];
    }
  });
  return [
    ...counted,
    ...(kind.startsWith('meeting_') ? (['meetings'] as const) : []),
    ...(refusal === null ? [] : (['refusals'] as const)),
  ];
}

function stepsBack(rows: readonly JourneyRow[]): readonly string[] {
  const places = rows.flatMap(({ transitions }) =>
    transitions.flatMap((transition) =>
      transition.type === 'stage_entered'
        ? [transition.level === null ? transition.stage : `${transition.stage}.${transition.level}`]
        : [],
    ),
  );
  return places.flatMap((place, i) => {
    const from = places[i - 1];
    if (from === undefined) return [];
    const [was, is] = [RANKS.indexOf(from), RANKS.indexOf(place)];
    const back = place === 'nurture' || (is >= 0 && is < was);
    return back ? [`${from} → ${place}`] : [];
  });
}

function waitsOf(rows: readonly JourneyRow[]): {
  accepted: readonly Milliseconds[];
  responded: readonly Milliseconds[];
} {
  const accepted: Milliseconds[] = [];
  const responded: Milliseconds[] = [];
  let offeredAt: number | null = null;
  let waitingSince: number | null = null;
  for (const { at, transitions } of rows) {
    for (const transition of transitions) {
      if (transition.type === 'hand_off_moved') offeredAt = transition.status === 'offered' ? at : null;
      else if (transition.type === 'hand_off_closed') {
        if (transition.outcome === 'accepted' && offeredAt !== null) accepted.push(at - offeredAt);
        offeredAt = null;
      } else if (transition.type === 'waiting_started') waitingSince = at;
      else if (transition.type === 'responded' && waitingSince !== null) {
        responded.push(transition.respondedAt - waitingSince);
        waitingSince = null;
      }
    }
  }
  return { accepted, responded };
}

/** The value below which so many percent lie (nearest rank); null of nothing. */
export function percentile(sorted: readonly number[], percent: number): number | null {
  if (sorted.length === 0) return null;
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null;
}
