import type { Condition } from '../policy/schema-parts.js';
import type { Magnitude } from '../policy/scoring.schema.js';
import { holds } from './condition.js';
import { timesOf } from './magnitude.js';

export type ExampleValue = string | number | boolean;

/** A value that fulfils the condition; null where none is found (absence is asked for, or a pattern says it). */
export function exampleOf(condition: Condition, magnitude?: Magnitude): ExampleValue | null {
  const { in: among = [], atLeast, below, contains } = condition;
  const measured = magnitude === undefined ? [] : [magnitude.per * magnitude.most, magnitude.per];
  const candidates: readonly ExampleValue[] = [
    ...measured,
    ...(atLeast === undefined ? [] : [atLeast, atLeast + 1]),
    ...(below === undefined ? [] : [below - 1, 0]),
    ...among,
    ...(contains === undefined ? [] : [contains]),
    'yes',
    'other',
    1,
  ];
  const fits = (value: ExampleValue): boolean =>
    holds(condition, value) &&
    (magnitude === undefined || timesOf({ ...magnitude, property: 'value' }, { value }) > 0);
  return candidates.find(fits) ?? null;
}

/** Properties of an event that fulfil all of these; null where some cannot be found. */
export function examplesOf(
  where: Readonly<Record<string, Condition>>,
  magnitude?: Magnitude,
): Readonly<Record<string, ExampleValue>> | null {
  const properties: Record<string, ExampleValue> = {};
  const conditions: Readonly<Record<string, Condition>> = {
    ...(magnitude === undefined ? {} : { [magnitude.property]: {} }),
    ...where,
  };
  // What is measured has to be there, whether a condition names it or not.
  for (const [property, condition] of Object.entries(conditions)) {
    // What is to be absent is left out.
    if (condition.present === false && holds(condition, null)) continue;
    const value = exampleOf(condition, property === magnitude?.property ? magnitude : undefined);
    if (value === null) return null;
    properties[property] = value;
  }
  return properties;
}
