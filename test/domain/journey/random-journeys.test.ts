import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonical } from '../../../src/domain/canonical.js';
import { decide } from '../../../src/domain/journey/decide.js';
import { evolve } from '../../../src/domain/journey/evolve.js';
import { hasEnded, unborn, type Journey } from '../../../src/domain/journey/journey.js';
import { HISTORIC_STAGES, type HistoricStage } from '../../../src/domain/journey/inputs.js';
import { COLUMNS } from '../../../src/domain/journey/stage-table.js';
import { DAY, HOUR, MINUTE } from '../../../src/domain/time.js';
import { size } from '../../support/size.js';
import { ADMIN, Run, score } from './run.js';
import { isAt } from '../../../src/domain/playbooks/places.js';
import type { Policy } from '../../../src/domain/policy/policy.schema.js';
import { PLAYBOOK_POLICY } from '../playbooks/policies.js';
import { failing, missing, waitingFor } from './content-variations.js';
import { historicFact } from './past-variations.js';
import { TEST_POLICY } from './test-policy.js';
import { VARIATIONS } from './variations.js';

/** Inputs as the world sends them, without the doctored journeys that some variations prepare. */
const INPUTS = COLUMNS.filter((column) => !column.startsWith('timer.') && column !== 'captured').flatMap(
  (column) => VARIATIONS[column].filter(({ prepare }) => prepare === undefined).map(({ input }) => input),
);

const step = fc.record({
  input: fc.constantFrom(...INPUTS),
  wait: fc.constantFrom(0, 0, 1, MINUTE, 20 * MINUTE, HOUR, DAY, 40 * DAY),
  total: fc.constantFrom(5, 45, 52, 60, 70, 85),
  content: fc.constantFrom('known', 'missing', 'failed'),
  repsFree: fc.boolean(),
});

/** What a lead brings along when it is imported; null for one that is captured live. */
const past = fc.option(
  fc.record({
    stages: fc.array(fc.constantFrom(...HISTORIC_STAGES), { maxLength: 5 }),
    spread: fc.constantFrom(0, HOUR),
    offer: fc.boolean(),
  }),
);

function begin(
  brought: { stages: HistoricStage[]; spread: number; offer: boolean } | null,
  policy: Policy,
): Run {
  const run = new Run(policy);
  if (brought === null) return run.capture();
  const { stages, spread, offer } = brought;
  const captured = { policy: 'policy-1', source: null, campaign: null, imported: true } as const;
  run.give({ kind: 'captured', body: captured, actor: ADMIN });
  for (const [n, stage] of stages.entries()) {
    const level = n % 2 === 0 ? 'early' : 'advanced';
    const facts = { stage, level: stage === 'mql' ? level : null, sdr: 'ana' } as const;
    run.give({ kind: 'history_recorded', body: historicFact(facts), actor: ADMIN });
  }
  run.give({ kind: 'journey_resumed', body: { grace: 14 * DAY, spread, offer }, actor: ADMIN });
  return run;
}

const policies = fc.constantFrom(TEST_POLICY, PLAYBOOK_POLICY, waitingFor(TEST_POLICY));

const journeys = fc
  .tuple(past, fc.array(step, { minLength: 1, maxLength: 40 }), policies)
  .map(([brought, steps, policy]) => {
    const run = begin(brought, policy);
    for (const { input, wait, total, content, repsFree } of steps) {
      run.pools = repsFree ? new Run().pools : { sdr: [], vip: [], ae: [] };
      run.until(run.at + wait);
      const next = score(total, total, total, run.score.version + 1);
      run.score = { known: next, missing: missing(next), failed: failing(next) }[content];
      run.give(input(run));
      run.give({ kind: 'score', body: {} });
    }
    return run;
  });

/** No clock runs, or the lead waits in a queue and its manager hears so again and again. */
const atRest = ({ journey }: Run): boolean =>
  journey.deadlines.length === 0 || journey.handOff?.status === 'queued';

describe('any sequence of inputs', () => {
  it('is recomputed from its rows, byte for byte', () => {
    fc.assert(
      fc.property(journeys, (run) => {
        let journey: Journey = unborn('lead-1');
        for (const row of run.rows) {
          const again = decide(journey, row.input, row.facts, run.policy);
          const result =
            again.type === 'refusal'
              ? { refusal: again.refusal }
              : again.type === 'decision' && { transitions: again.transitions, effects: again.effects };
          expect(canonical(result)).toBe(canonical(row.result));
          journey = evolve(journey, row);
        }
        expect(canonical(journey)).toBe(canonical(run.journey));
        expect(JSON.parse(canonical(run.journey))).toEqual(run.journey);
      }),
      { numRuns: size(300, 5_000) },
    );
  });

  it('never leaves an open lead without a team, and none at sales without a person or a running clock', () => {
    fc.assert(
      fc.property(journeys, ({ journey }) => {
        expect(['marketing', 'sales']).toContain(journey.team);
        const clocks = journey.deadlines.map(({ clock }) => clock);
        if (hasEnded(journey)) expect(clocks).toEqual([]);
        if (journey.stage === 'sal') expect(journey.owners.sdr).not.toBeNull();
        if (journey.stage === 'sal' || journey.stage === 'sql' || journey.stage === 'opportunity') {
          expect(journey.owners.sdr ?? journey.owners.ae).not.toBeNull();
          expect(clocks).toContain('sales_inactivity');
        }
        if (journey.handOff?.status === 'offered') expect(clocks).toContain('acceptance');
        const { status } = journey.handOff ?? {};
        if (status === 'escalated' || status === 'queued') expect(clocks).toContain('escalation');
        if (status === 'assigned') expect(clocks).toContain('first_response');
        if (journey.stage === 'review') expect(clocks).toContain('review');
      }),
      { numRuns: size(300, 5_000) },
    );
  });

  it('hands a lead that fails a must-have off only where it raises its hand, or goes on with a hand-off', () => {
    fc.assert(
      fc.property(journeys, ({ rows }) => {
        for (const { input, result } of rows) {
          if ('refusal' in result || input.score.failed.length === 0) continue;
          for (const one of result.transitions) {
            if (one.type !== 'hand_off_opened' || one.kind !== 'sdr') continue;
            const raised = input.kind === 'hand_raised' && input.body.trigger === null;
            const goesOn = one.trigger === 'first_response_breach' || input.kind === 'reassign';
            expect(raised || goesOn).toBe(true);
          }
        }
      }),
      { numRuns: size(300, 5_000) },
    );
  });

  it('waits for what is missing only before a hand-off, and never longer than the policy says', () => {
    fc.assert(
      fc.property(journeys, (run) => {
        const waits = (): number =>
          run.journey.deadlines.filter(({ clock }) => clock === 'enrichment').length;
        if (waits() > 0) expect(run.situation).toBe('mql.advanced');
        // Whoever imports a lead to be offered is not kept waiting.
        const offered = run.rows.some(({ input }) => input.kind === 'journey_resumed' && input.body.offer);
        for (const { input, result } of offered ? [] : run.rows) {
          if ('refusal' in result || input.score.unknown.length === 0) continue;
          const opened = result.transitions.find(({ type }) => type === 'hand_off_opened');
          const byScore = opened?.type === 'hand_off_opened' && ['score', 'fit'].includes(opened.trigger);
          if (!byScore || run.policy.enrichment === undefined) continue;
          // Nothing but the end of the wait hands it off by its score, and the row says so.
          expect(input.kind === 'timer' && input.body.clock).toBe('enrichment');
          expect(result.transitions).toContainEqual({ type: 'sent_incomplete', missing: ['size'] });
        }
        run.until(run.at + 2 * HOUR);
        expect(waits()).toBe(0);
      }),
      { numRuns: size(300, 5_000) },
    );
  });

  it('leaves a lead in no track whose stage it has left, and in every one that it has entered', () => {
    fc.assert(
      fc.property(journeys, ({ journey, rows, policy }) => {
        const moved = rows.flatMap(({ result }) => ('refusal' in result ? [] : result.transitions));
        for (const { id, on, leaveOn } of policy.tracks ?? []) {
          const entered = moved.filter((one) => one.type === 'track_entered' && one.track === id).length;
          const left = moved.filter((one) => one.type === 'track_left' && one.track === id).length;
          const open = journey.tracks[id]?.left === false;
          expect(entered - left).toBe(open ? 1 : 0);
          if (open && leaveOn === undefined) expect(isAt(journey, on.stage)).toBe(true);
        }
      }),
      { numRuns: size(300, 5_000) },
    );
  });

  it('comes to rest: looking again at the same instant ends in nothing to do', () => {
    fc.assert(
      fc.property(journeys, fc.integer({ min: 0, max: 200 }), (run, days) => {
        run.until(run.at + days * DAY);
        run.score = { ...run.score, lastEventAt: run.at - days * DAY };
        let rows = 0;
        for (let changed = true; changed;) {
          const before = run.rows.length;
          run.give({ kind: 'score', body: {} });
          run.give({ kind: 'inactivity', body: {} });
          run.give({ kind: 'pool_wake', body: {} });
          changed = run.rows.length > before;
          rows += run.rows.length - before;
          expect(rows).toBeLessThan(6);
        }
      }),
      { numRuns: size(300, 5_000) },
    );
  });

  it('ends by itself when nobody ever does anything: every clock leads somewhere', () => {
    fc.assert(
      fc.property(journeys, (run) => {
        run.score = score(0, 0, 0, run.score.version + 1);
        for (let i = 0; i < 60 && !atRest(run); i += 1) run.until(run.at + 30 * DAY);
        expect(atRest(run)).toBe(true);
      }),
      { numRuns: size(200, 2_000) },
    );
  });
});
