import type { LeadView } from '../../src/domain/journey/apply.types.js';
import type { Transition } from '../../src/domain/journey/transitions.js';
import type { JourneyRow, Picture, PlayedJourney } from '../../src/play/journeys.js';
import type { LogEntry } from '../../src/play/play-log.js';

/** A small play that is right in every way, for tests that break one thing of it. */

const START = Date.UTC(2026, 0, 5, 9);
const SECOND = 1_000;

export const row = (
  seq: number,
  kind: string,
  rep: string | null,
  transitions: readonly Transition[],
  refusal: string | null = null,
): JourneyRow => ({ seq, at: START + seq * SECOND, kind, rep, transitions, refusal });

const entered = (
  stage: 'inquiry' | 'mql' | 'sal' | 'nurture',
  level: 'advanced' | null = null,
): Transition => ({
  type: 'stage_entered',
  stage,
  level,
  team: 'marketing',
  reason: 'x',
});
export const moved = (status: 'offered' | 'queued', rep: string | null): Transition => ({
  type: 'hand_off_moved',
  status,
  rep,
  until: null,
});
const opened: Transition = {
  type: 'hand_off_opened',
  kind: 'sdr',
  trigger: 'score',
  pool: 'sdr',
  excluded: [],
  attempt: 0,
};
export const owned = (rep: string | null): Transition => ({ type: 'owner_set', role: 'sdr', rep });
export const excluded = (rep: string, why: 'declined' | 'lapsed'): Transition => ({
  type: 'rep_excluded',
  rep,
  why,
  reason: null,
});
const accepted: Transition = { type: 'hand_off_closed', outcome: 'accepted' };

/** Offered to ana, who declines, and to ben, who accepts and responds late; then recycled. */
export const ROWS: readonly JourneyRow[] = [
  row(1, 'captured', null, [entered('inquiry')]),
  row(2, 'score', null, [
    entered('mql', 'advanced'),
    opened,
    { type: 'waiting_started', lane: 'standard' },
    moved('offered', 'ana'),
  ]),
  row(3, 'decline', 'ana', [excluded('ana', 'declined'), moved('offered', 'ben')]),
  row(4, 'accept', 'ana', [], 'too_late'),
  row(5, 'accept', 'ben', [owned('ben'), accepted, entered('sal')]),
  row(6, 'first_response', 'ben', [{ type: 'responded', respondedAt: START + 6 * SECOND, lateBy: 1_000 }]),
  row(7, 'recycle', 'ben', [
    entered('nurture'),
    owned(null),
    { type: 'recycled', reason: 'x', until: START, counted: true },
  ]),
];

// Only what the checks look at.
const viewOf = (id: string, seq: number): LeadView => ({ id, seq }) as LeadView;

export const journeyOf = (id: string, rows: readonly JourneyRow[]): PlayedJourney => ({
  view: viewOf(id, rows.length),
  rows,
});

export function pictureOf(journeys: Readonly<Record<string, PlayedJourney>>): Picture {
  const all = Object.values(journeys);
  const stages = all.map(({ rows }) => rows.flatMap(({ transitions }) => transitions).flatMap(stageOf));
  const count = (of: readonly (string | undefined)[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const stage of of) if (stage !== undefined) counts[stage] = (counts[stage] ?? 0) + 1;
    return counts;
  };
  return {
    journeys: new Map(Object.entries(journeys)),
    lines: all.map(({ view: { id, seq } }) => ({ id, seq, stage: 'x', source: 'web' })),
    funnel: [
      {
        source: 'web',
        leads: all.length,
        reached: count(stages.flatMap((own) => [...new Set(own)])),
        now: count(stages.map((own) => own.at(-1))),
      },
    ],
    still: true,
  };
}

const stageOf = (transition: Transition): string[] =>
  transition.type === 'stage_entered' ? [transition.stage] : [];

/** What a play was answered that the rows are of. */
export function logOf(lead: string, id: string, rows: readonly JourneyRow[]): LogEntry[] {
  const commands = rows.filter(({ kind }) =>
    ['decline', 'accept', 'first_response', 'recycle'].includes(kind),
  );
  return [
    { did: 'captured', lead, id },
    ...commands.map(({ seq, kind, rep, refusal }): LogEntry => {
      const sent = { lead, id, command: kind as 'accept', as: rep, key: `${lead}-${seq}`, seq };
      return refusal === null
        ? { did: 'answered', ...sent, stage: 'x' }
        : { did: 'refused', ...sent, code: refusal, why: 'too late' };
    }),
  ];
}
