/** One turn of a member with weight 1. Whole numbers only, so that no history of turns can drift. */
const FULL_STEP = 10n ** 12n;

/** By how much a turn moves a member's position: the heavier the weight, the sooner the next turn. */
export const stepOf = (weight: number): bigint => FULL_STEP / BigInt(weight);

/** Where a member stands after one more turn. */
export const afterTurn = (position: string, weight: number): string =>
  (BigInt(position) + stepOf(weight)).toString();

const lowest = (positions: readonly string[]): bigint | null =>
  positions.map(BigInt).reduce<bigint | null>((low, p) => (low === null || p < low ? p : low), null);

/**
 * Where a new member joins: at the pool's lowest position, so that it is neither flooded nor passed over.
 * @param members positions of all members of the pool
 */
export const joinPosition = (members: readonly string[]): string => (lowest(members) ?? 0n).toString();

/**
 * Where a member stands that comes back from absence: raised to the lowest eligible position, so that it does
 * not catch up on the turns it missed; never lowered.
 * @param eligible positions of the other members who are eligible now
 */
export function returnPosition(own: string, eligible: readonly string[]): string {
  const low = lowest(eligible);
  return low !== null && low > BigInt(own) ? low.toString() : own;
}
