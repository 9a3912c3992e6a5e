import { draw } from '../../src/play/draw.js';

export const VICTIMS = ['api', 'worker', 'temporal', 'postgres'] as const;
export type Victim = (typeof VICTIMS)[number];

/** Kills that belong together. */
export type Strike =
  | { readonly how: 'alone'; readonly victims: readonly [Victim]; readonly pauseMs: number }
  /** Both at the same moment. */
  | { readonly how: 'together'; readonly victims: readonly [Victim, Victim]; readonly pauseMs: number }
  /** The second so long after the first, which may not be back yet. */
  | {
      readonly how: 'soon_after';
      readonly victims: readonly [Victim, Victim];
      readonly pauseMs: number;
      readonly laterMs: number;
    };

/** Before a strike: at most so long, at random. */
const LONGEST_PAUSE_MS = 3_000;
/** A process is back within two or three seconds. */
const LONGEST_LATER_MS = 2_500;
const HOW = ['alone', 'alone', 'alone', 'together', 'soon_after'] as const;

/**
 * Whom to kill, and when: the same for the same seed. Each victim comes once in four kills, in random order; where
 * two that belong together are the same, it is killed again while it starts.
 */
export function planStrikes(seed: number, kills: number): readonly Strike[] {
  const order = victimsInOrder(seed, kills);
  const strikes: Strike[] = [];
  for (let n = 0; n < kills;) {
    const [first, second] = [order[n], order[n + 1]];
    if (first === undefined) break;
    const pauseMs = Math.floor(draw(seed, 'pause', n) * LONGEST_PAUSE_MS);
    const laterMs = Math.floor(draw(seed, 'later', n) * LONGEST_LATER_MS);
    const how = HOW[Math.floor(draw(seed, 'how', n) * HOW.length)] ?? 'alone';
    if (how === 'alone' || second === undefined) strikes.push({ how: 'alone', victims: [first], pauseMs });
    else if (how === 'together' && first !== second) strikes.push({ how, victims: [first, second], pauseMs });
    else strikes.push({ how: 'soon_after', victims: [first, second], pauseMs, laterMs });
    n += strikes.at(-1)?.victims.length ?? 1;
  }
  return strikes;
}

function victimsInOrder(seed: number, kills: number): readonly Victim[] {
  const order: Victim[] = [];
  for (let round = 0; order.length < kills; round++) {
    const drawn = VICTIMS.map((victim) => ({ victim, at: draw(seed, 'order', round, victim) }));
    order.push(...drawn.sort((a, b) => a.at - b.at).map(({ victim }) => victim));
  }
  return order.slice(0, kills);
}
