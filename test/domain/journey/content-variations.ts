import { inOrder } from '../../../src/domain/journey/evolve.js';
import type { Policy } from '../../../src/domain/policy/policy.schema.js';
import type { ScoreReading } from '../../../src/domain/scoring/score.js';
import { DAY, HOUR } from '../../../src/domain/time.js';
import { byHandOnly, cooledOff, fitAlone } from './circumstances.js';
import { ADMIN, score, type Given, type Run } from './run.js';
import type { Variation } from './variation.js';

/** Variations for leads of which something is failed or missing. */

/** The policy, waiting for a must-have. */
export const waitingFor = (policy: Policy): Policy => ({
  ...policy,
  scoring: { ...policy.scoring, mustHaves: [{ id: 'size', field: 'company_size', when: { atLeast: 10 } }] },
  enrichment: { precedence: ['capture'], waitFor: ['size'], atMost: '2 hours' },
});

export const failing = (reading: ScoreReading): ScoreReading => ({ ...reading, failed: ['size'] });
export const missing = (reading: ScoreReading): ScoreReading => ({ ...reading, unknown: ['size'] });

const waitsForContent = (run: Run): void => {
  Object.assign(run, { policy: waitingFor(run.policy) });
};
/** Only advanced MQLs wait; in any other situation this changes nothing. */
const waits =
  (due: (run: Run) => number) =>
  (run: Run): void => {
    if (run.situation !== 'mql.advanced') return;
    const clock = 'enrichment' as const;
    const others = run.journey.deadlines.map((one) => ({ ...one, due: run.at + 1e12 }));
    const running = { clock, due: due(run), step: 0, startedAt: run.at, armedBy: run.journey.seq };
    run.journey = { ...run.journey, deadlines: inOrder([...others, running]) };
  };
const all =
  (...prepare: ((run: Run) => void)[]) =>
  (run: Run): void => {
    for (const one of prepare) one(run);
  };

const look = (name: string, prepare: (run: Run) => void, reading: ScoreReading): Variation => ({
  name,
  prepare,
  input: () => ({ kind: 'score', body: {}, score: reading }),
});

const hot = score(70, 70, 70, 2);
const fitting = score(45, 90, 10, 2);
const waitsOn = waits((run) => run.at + HOUR);

export const CONTENT_LOOKS: readonly Variation[] = [
  look('a must-have failed', cooledOff, failing(hot)),
  look('a must-have failed, fit alone', all(cooledOff, fitAlone), failing(fitting)),
  look('something missing that nobody waits for', cooledOff, missing(hot)),
  look('something missing', all(cooledOff, waitsForContent), missing(hot)),
  look('something missing, fit alone', all(cooledOff, waitsForContent, fitAlone), missing(fitting)),
  look('something missing still', all(waitsForContent, waitsOn), missing(hot)),
  look('something missing still, fit alone', all(waitsForContent, fitAlone, waitsOn), missing(fitting)),
  look('nothing missing any more', all(waitsForContent, waitsOn), score(60, 60, 60, 2)),
  look('nothing missing any more, fit alone', all(waitsForContent, fitAlone, waitsOn), fitting),
];

const over = (name: string, prepare: (run: Run) => void, reading: ScoreReading): Variation => ({
  name,
  prepare: all(
    waitsForContent,
    prepare,
    waits((run) => run.at + 1),
  ),
  input: (run) => ({
    kind: 'timer',
    body: { clock: 'enrichment', step: 0, due: run.at + 1 },
    at: run.at + 1,
    score: { ...reading, lastEventAt: reading.lastEventAt === null ? null : run.at + reading.lastEventAt },
  }),
});

export const WAIT_OVER: readonly Variation[] = [
  over('', () => undefined, missing(hot)),
  over('between the thresholds', () => undefined, missing(score(60, 60, 60, 2))),
  over('below the demotion', () => undefined, missing(score(45, 45, 45, 2))),
  over('fit alone', fitAlone, missing(fitting)),
  over('a must-have failed', () => undefined, failing(hot)),
  over('by hand only', byHandOnly, missing(hot)),
  over('silent', () => undefined, { ...missing(hot), lastEventAt: -91 * DAY }),
];

/** What people may not do with a lead that fails a must-have. */
export const FAILED_BY_HAND: readonly Variation[] = [
  {
    name: 'a must-have failed',
    input: () => ({
      kind: 'hand_off',
      body: { reason: 'event', pool: null },
      actor: ADMIN,
      score: failing(hot),
    }),
  },
];
export const FAILED_REVIEW: readonly Variation[] = [
  {
    name: 'a must-have failed',
    input: () => ({ kind: 'review', body: { decision: 'hand_off' }, actor: ADMIN, score: failing(hot) }),
  },
];

const raised = (trigger: string | null): Given<'hand_raised'> => ({
  kind: 'hand_raised',
  body: { event: 'trial', disqualifier: null, trigger },
  score: failing(missing(hot)),
});
export const FAILED_TRIGGERS: readonly Variation[] = [
  {
    name: 'a trigger of a lead that fails a must-have',
    prepare: (run) => {
      const trigger = { id: 'trial', event: 'trial', bypasses: ['threshold', 'review', 'cool_off'] } as const;
      Object.assign(run, {
        policy: { ...run.policy, triggers: [{ ...trigger, bypasses: [...trigger.bypasses] }] },
      });
    },
    input: () => raised('trial'),
  },
  {
    name: 'a hand-raiser that fails a must-have, and something is missing',
    prepare: waitsForContent,
    input: () => raised(null),
  },
];

const cooled = (name: string, prepare: (run: Run) => void, reading: ScoreReading): Variation => ({
  name,
  prepare: all(waitsForContent, prepare, (run) => {
    const due = (clock: string): number => (clock === 'cool_off' ? run.at + 1 : run.at + 1e12);
    const deadlines = run.journey.deadlines.map((one) => ({ ...one, step: 0, due: due(one.clock) }));
    run.journey = { ...run.journey, deadlines: inOrder(deadlines) };
  }),
  input: (run) => ({
    kind: 'timer',
    body: { clock: 'cool_off', step: 0, due: run.at + 1 },
    at: run.at + 1,
    score: { ...reading, lastEventAt: run.at },
  }),
});

/** The cool-off ends for a lead of which something is missing. */
export const COOLED_OFF: readonly Variation[] = [
  cooled('something missing', () => undefined, missing(hot)),
  cooled('something missing, fit alone', fitAlone, missing(fitting)),
];
