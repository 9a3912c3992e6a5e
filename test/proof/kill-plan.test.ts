import { expect, it } from '@jest/globals';
import { planStrikes, VICTIMS } from './kill-plan.js';

it('kills as often as it is told, each victim as often as the others, and in every way', () => {
  const strikes = planStrikes(1, 200);
  const victims = strikes.flatMap((strike) => [...strike.victims]);
  expect(victims).toHaveLength(200);
  for (const victim of VICTIMS) expect(victims.filter((one) => one === victim)).toHaveLength(50);
  expect(new Set(strikes.map(({ how }) => how))).toEqual(new Set(['alone', 'together', 'soon_after']));
  expect(strikes.some(({ victims: [first, second] }) => first === second)).toBe(true);
  expect(
    strikes.every((strike) => strike.how !== 'together' || strike.victims[0] !== strike.victims[1]),
  ).toBe(true);
});

it('does the same for the same seed, and something else for another', () => {
  expect(planStrikes(7, 40)).toEqual(planStrikes(7, 40));
  expect(planStrikes(7, 40)).not.toEqual(planStrikes(8, 40));
});
