import { afterTurn, stepOf } from './rotation.js';
import type {
  Candidate,
  CandidateVerdict,
  ExclusionReason,
  RoutingDecision,
  RoutingSnapshot,
  Waiting,
} from './snapshot.js';

/** A candidate while the queue ahead is being served in thought. */
interface Turn {
  readonly candidate: Candidate;
  readonly position: bigint;
  /** How many more leads the rep can take; Infinity without a cap. */
  readonly slots: number;
}

/**
 * Whose turn it is. Pure and independent of the order of candidates.
 *
 * The leads ahead in the queue are served first, in thought: each takes a slot of whoever's turn it would be.
 * This lead then goes to the eligible rep with the lowest position, ties by rep id. In the result only this
 * turn moves a position; the leads ahead move theirs when they are routed themselves.
 */
export function route(snapshot: RoutingSnapshot): RoutingDecision {
  const candidates = [...snapshot.candidates].sort(byRep);
  const ahead = snapshot.ahead.filter(({ lead }) => lead !== snapshot.lead);
  const before = candidates.filter(isAvailable).map(asTurn);
  const after = ahead.reduce(serve, before);
  const winner = next(after, snapshot.excluded);
  const verdicts = candidates.map((candidate): CandidateVerdict => {
    const left = after.find((turn) => turn.candidate.rep === candidate.rep)?.slots ?? 0;
    const excludedBy = exclusion(candidate, snapshot.excluded, left);
    return {
      rep: candidate.rep,
      position: candidate.position,
      excludedBy,
      detail: excludedBy === null ? null : detailOf(excludedBy, candidate),
    };
  });
  return winner === null
    ? { rep: null, verdicts, positions: {} }
    : {
        rep: winner.rep,
        verdicts,
        positions: { [winner.rep]: afterTurn(winner.position, winner.weight) },
      };
}

/** Plain code units: the same order on every machine. */
const byRep = (a: Candidate, b: Candidate): number => (a.rep < b.rep ? -1 : a.rep > b.rep ? 1 : 0);

const slotsOf = ({ cap, open }: Candidate): number => (cap === null ? Infinity : Math.max(cap - open, 0));

const isAvailable = (candidate: Candidate): boolean =>
  candidate.active && !candidate.paused && slotsOf(candidate) > 0;

const asTurn = (candidate: Candidate): Turn => ({
  candidate,
  position: BigInt(candidate.position),
  slots: slotsOf(candidate),
});

/** Turns come sorted by rep, so that the first of equal positions wins the tie. */
function next(turns: readonly Turn[], excluded: readonly string[]): Candidate | null {
  return (
    turns
      .filter(({ candidate, slots }) => slots > 0 && !excluded.includes(candidate.rep))
      .reduce<Turn | null>((low, turn) => (low === null || turn.position < low.position ? turn : low), null)
      ?.candidate ?? null
  );
}

/** The turns after a lead of the queue has been served; unchanged when nobody may take it. */
function serve(turns: readonly Turn[], waiting: Waiting): readonly Turn[] {
  const taker = next(turns, waiting.excluded);
  if (taker === null) return turns;
  return turns.map((turn) =>
    turn.candidate === taker
      ? { ...turn, position: turn.position + stepOf(taker.weight), slots: turn.slots - 1 }
      : turn,
  );
}

function exclusion(candidate: Candidate, excluded: readonly string[], left: number): ExclusionReason | null {
  if (!candidate.active) return 'inactive';
  if (candidate.paused) return 'paused';
  if (excluded.includes(candidate.rep)) return 'excluded';
  if (slotsOf(candidate) === 0) return 'at_cap';
  return left > 0 ? null : 'kept_for_queue';
}

function detailOf(reason: ExclusionReason, candidate: Candidate): string {
  switch (reason) {
    case 'inactive':
      return 'not active';
    case 'paused':
      return 'paused';
    case 'excluded':
      return 'excluded from this hand-off';
    case 'at_cap':
      return `cap ${candidate.open} of ${candidate.cap ?? 'any'}`;
    case 'kept_for_queue': {
      const slots = slotsOf(candidate);
      return `${slots} free ${slots === 1 ? 'slot' : 'slots'} kept for leads ahead in the queue`;
    }
  }
}
