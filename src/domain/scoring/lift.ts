import type { ScoringPolicy } from '../policy/scoring.schema.js';
import { NOT_ASKED } from '../enrichment/fields.js';
import type { Instant } from '../time.js';
import { awardChanges, awardEntry, criterionAwards, eventAwards, fieldAwards } from './awards.js';
import { holds } from './condition.js';
import { exampleOf, examplesOf, type ExampleValue } from './example.js';
import { foldEntries } from './fold.js';
import { lookup } from './lookup.js';
import { readScore } from './read.js';
import type { Award } from './rules.js';
import type { ScoreEntry, ScoreReading, ScoreState } from './score.js';
import { reachesAdvanced, reachesMql } from './signature.js';
import { type KnownWindows, type LeadEvent, windowAwards } from './windows.js';

/** One thing that would give the lead points by a rule that it has not got. */
export type LiftStep = { readonly rule: string } & (
  | { readonly type: 'ask'; readonly field: string; readonly answer: ExampleValue }
  | { readonly type: 'confirm'; readonly criterion: string }
  | { readonly type: 'do'; readonly events: readonly DoneEvent[] }
);

export interface DoneEvent {
  readonly event: string;
  readonly properties: Readonly<Record<string, ExampleValue>>;
}

/** The fewest steps found that lift a lead to the next threshold, and the total after them. */
export interface Lift {
  readonly to: 'mql' | 'advanced';
  readonly steps: readonly LiftStep[];
  /** Micro-points. */
  readonly total: number;
}

/** What a lead has and is, as scoring sees it. */
export interface Liftable {
  readonly state: ScoreState;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly criteria: Readonly<Record<string, 'confirmed' | 'lost' | 'unknown'>>;
  /** Its entries of rules for fields and criteria that still stand. */
  readonly standing: readonly ScoreEntry[];
}

/** Steps are tried in every combination of up to so many, of so many. */
const MOST_STEPS = 3;
const MOST_CANDIDATES = 12;
/** With larger steps people lose the thread. */
const LONGEST = 8;

/** What the lead could tell or do, by rules that give points and that it has not got; those that give most first. */
export function liftSteps(scoring: ScoringPolicy, { fields, criteria }: Liftable): LiftStep[] {
  const steps: { readonly step: LiftStep; readonly points: number }[] = [];
  const offer = (step: LiftStep, points: number): void => {
    if (points > 0) steps.push({ step, points });
  };
  for (const { id: rule, field, when, points } of scoring.fit) {
    const unknown = holds({ present: false }, lookup(fields, field));
    const answer = unknown && !NOT_ASKED.includes(field) ? exampleOf(when) : null;
    if (answer !== null) offer({ type: 'ask', rule, field, answer }, points);
  }
  for (const { id: rule, criterion, answer = 'confirmed', points } of scoring.criteria ?? []) {
    if (answer === 'confirmed' && lookup(criteria, criterion) !== 'confirmed') {
      offer({ type: 'confirm', rule, criterion }, points);
    }
  }
  for (const { id: rule, event, where = {}, magnitude, count, points } of scoring.events) {
    const properties = examplesOf(where, magnitude);
    if (properties === null) continue;
    const events = Array.from({ length: count?.atLeast ?? 1 }, () => ({ event, properties }));
    offer({ type: 'do', rule, events }, points * (magnitude?.most ?? 1));
  }
  for (const { id: rule, steps: inOrder, points } of scoring.sequences ?? []) {
    const events = inOrder.flatMap(({ event, where = {} }): DoneEvent[] => {
      const properties = examplesOf(where);
      return properties === null ? [] : [{ event, properties }];
    });
    if (events.length === inOrder.length) offer({ type: 'do', rule, events }, points);
  }
  return steps
    .sort((a, b) => b.points - a.points)
    .slice(0, MOST_CANDIDATES)
    .map(({ step }) => step);
}

/**
 * The events of steps, as if they happened at `at`, one after another. Those of all candidates tell what has to be
 * known of windows and neighbours: at one instant they are the same for every combination.
 */
export const liftEvents = (steps: readonly LiftStep[], at: Instant): LeadEvent[] =>
  steps
    .flatMap((step) => (step.type === 'do' ? step.events : []))
    .map(({ event, properties }, i) => {
      const id = `~${String(i).padStart(6, '0')}`;
      return { eventId: id, source: '~', id, kind: event, occurredAt: at, properties };
    });

/** The score as it would be read at `at` if the lead told and did all this. */
export function scoreAfter(
  scoring: ScoringPolicy,
  { state, fields, criteria, standing }: Liftable,
  steps: readonly LiftStep[],
  known: KnownWindows,
  at: Instant,
): ScoreReading {
  const told = { ...fields };
  const found = { ...criteria };
  for (const step of steps) {
    if (step.type === 'ask') told[step.field] = step.answer;
    if (step.type === 'confirm') found[step.criterion] = 'confirmed';
  }
  const events = liftEvents(steps, at);
  const entries: ScoreEntry[] = [];
  const add = ({ rule, group, micro }: Award): void => {
    const context = { n: state.version + entries.length + 1, recorded: at, cause: 'lift' };
    entries.push(awardEntry({ rule, group, micro }, at, context));
  };
  const { reverse, add: gained } = awardChanges(standing, [
    ...fieldAwards(scoring, told),
    ...criterionAwards(scoring, found),
  ]);
  const { awards } = windowAwards(scoring, events, known);
  for (const award of [...gained, ...events.flatMap((event) => eventAwards(scoring, event)), ...awards])
    add(award);
  const takenBack = [...reverse, ...awards.flatMap(({ replaces }) => replaces ?? [])].map((entry) => ({
    ...entry,
    micro: -entry.micro,
    reverses: entry.n,
  }));
  return readScore(foldEntries(state, [...entries, ...takenBack], scoring), at, scoring);
}

/**
 * What would lift the lead to the next threshold: the fewest steps, and of equally few those that give most. Every
 * combination is scored as if it had happened, so that it is true when applied. Null: there is no next threshold, or
 * nothing that is tried reaches it.
 */
export function liftOf(
  scoring: ScoringPolicy,
  lead: Liftable,
  candidates: readonly LiftStep[],
  known: KnownWindows,
  at: Instant,
): Lift | null {
  const now = readScore(lead.state, at, scoring);
  const to = !reachesMql(now, scoring) ? 'mql' : !reachesAdvanced(now, scoring) ? 'advanced' : null;
  if (to === null) return null;
  const reaches = to === 'mql' ? reachesMql : reachesAdvanced;
  const after = (steps: readonly LiftStep[]): ScoreReading => scoreAfter(scoring, lead, steps, known, at);
  for (let length = 1; length <= MOST_STEPS; length++) {
    let best: Lift | null = null;
    for (const steps of combinations(candidates, length)) {
      const reading = after(steps);
      if (reaches(reading, scoring) && reading.total > (best?.total ?? -1))
        best = { to, steps, total: reading.total };
    }
    if (best !== null) return best;
  }
  return longer();

  /** Step by step what gives most, while it gives anything. */
  function longer(): Lift | null {
    let steps: readonly LiftStep[] = [];
    let worth = worthOf(now);
    while (steps.length < LONGEST) {
      let next: { readonly steps: readonly LiftStep[]; readonly reading: ScoreReading } | null = null;
      for (const candidate of candidates) {
        if (!mayFollow(steps, candidate)) continue;
        const reading = after([...steps, candidate]);
        if (worthOf(reading) > (next === null ? worth : worthOf(next.reading))) {
          next = { steps: [...steps, candidate], reading };
        }
      }
      if (next === null) return null;
      steps = next.steps;
      worth = worthOf(next.reading);
      if (reaches(next.reading, scoring)) return { to: to ?? 'mql', steps, total: next.reading.total };
    }
    return null;
  }

  /** How near a reading is: what it lacks of the total, and for an advanced MQL of each part. */
  function worthOf({ total, explicit, implicit }: ScoreReading): number {
    const { mql, advanced, minFit, minEngagement } = scoring.thresholds;
    const lacks = (value: number, wanted: number): number => Math.min(0, value - wanted * 1e6);
    if (to === 'mql') return lacks(total, mql);
    return lacks(total, advanced) + lacks(explicit, minFit) + lacks(implicit, minEngagement);
  }
}

/** A field is told once, a criterion confirmed once; an event may come again. */
const mayFollow = (steps: readonly LiftStep[], next: LiftStep): boolean =>
  next.type === 'do' ||
  !steps.some(
    (step) =>
      (step.type === 'ask' && next.type === 'ask' && step.field === next.field) ||
      (step.type === 'confirm' && next.type === 'confirm' && step.criterion === next.criterion),
  );

/** Combinations with repetition, in the order of the candidates. */
function* combinations(
  candidates: readonly LiftStep[],
  length: number,
  before: readonly LiftStep[] = [],
): Generator<readonly LiftStep[]> {
  if (length === 0) {
    yield before;
    return;
  }
  for (const [i, candidate] of candidates.entries()) {
    if (mayFollow(before, candidate)) {
      yield* combinations(candidates.slice(i), length - 1, [...before, candidate]);
    }
  }
}
