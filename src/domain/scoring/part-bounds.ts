import type { Instant } from '../time.js';
import { type GroupReader, scaledBy } from './group-reader.js';

/** The group values of both parts at one instant, in micro-points, in the order of their readers. */
export interface Sample {
  readonly at: Instant;
  readonly explicit: readonly number[];
  readonly implicit: readonly number[];
  /** Groups of the implicit part that are scaled by fit, before they are. */
  readonly scaled: readonly number[];
}

/** Between which two sums a part stays, in micro-points. */
export interface PartBounds {
  readonly low: number;
  readonly high: number;
}

/**
 * Between what the sum of a part's groups stays from one instant to a later one. Two bounds, the tighter counts:
 *
 * 1. Every group moves one way, towards zero, so it stays between its two values.
 * 2. A decaying group is convex (seen from zero), so it sags below the line between its two values, by at most
 *    fall² / (8 · later value); the lines add up to one line. This one is tight where groups nearly cancel.
 */
export function partBounds(
  readers: readonly GroupReader[],
  early: readonly number[],
  late: readonly number[],
): PartBounds {
  const box = { low: 0, high: 0 };
  const ends = { early: 0, late: 0 };
  const sag = { down: 0, up: 0 };
  readers.forEach((reader, i) => {
    const before = early[i] ?? 0;
    const after = late[i] ?? 0;
    box.low += Math.min(before, after);
    box.high += Math.max(before, after);
    ends.early += before;
    ends.late += after;
    // Rounding moves a sum by half a micro-point, at the ends and in between.
    if (before === after) return;
    const depth = 1 + sagOf(Math.abs(before), Math.abs(after));
    const leavesCap = Math.abs(before) === reader.cap;
    sag.down += before > 0 || leavesCap ? depth : 1;
    sag.up += before < 0 || leavesCap ? depth : 1;
    if (leavesCap) {
      // Flat, then falling: neither convex nor concave.
      sag.down += Math.abs(before - after);
      sag.up += Math.abs(before - after);
    }
  });
  return {
    low: Math.max(box.low, Math.min(ends.early, ends.late) - sag.down),
    high: Math.min(box.high, Math.max(ends.early, ends.late) + sag.up),
  };
}

/**
 * Between what the sum of scaled groups stays while the explicit part stays within its bounds. Each group moves one
 * way, and its product grows or falls with either factor, so it stays between its corners; rounding keeps that order.
 */
export function scaledBounds(
  early: readonly number[],
  late: readonly number[],
  explicit: PartBounds,
): PartBounds {
  const bounds = { low: 0, high: 0 };
  early.forEach((before, i) => {
    const after = late[i] ?? 0;
    const corners = [explicit.low, explicit.high].flatMap((fit) => [
      scaledBy(fit, before),
      scaledBy(fit, after),
    ]);
    bounds.low += Math.min(...corners);
    bounds.high += Math.max(...corners);
  });
  return bounds;
}

/** The most by which a decaying value that falls from `before` to `after` lies under the line between them. */
function sagOf(before: number, after: number): number {
  const fall = before - after + 1;
  return after <= 1 ? fall : Math.min(fall, Math.ceil((fall * fall) / (8 * (after - 1))));
}
