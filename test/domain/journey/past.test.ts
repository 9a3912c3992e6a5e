import { describe, expect, it } from '@jest/globals';
import type { HistoricFact } from '../../../src/domain/journey/inputs.js';
import { DAY } from '../../../src/domain/time.js';
import { ADMIN, Run, score } from './run.js';
import { historicFact } from './past-variations.js';

const GRACE = 14 * DAY;
const SPREAD = 1_000;

/** A lead with a past, the last stage last; its journey goes on at `run.at`. */
function imported(
  stages: readonly (Pick<HistoricFact, 'stage'> & Partial<HistoricFact>)[],
  offer = false,
): Run {
  const run = new Run();
  run.at = 400 * DAY;
  run.give({ kind: 'captured', body: { policy: 'policy-1', source: null, campaign: null, imported: true } });
  for (const stage of stages) run.give({ kind: 'history_recorded', body: historicFact(stage), actor: ADMIN });
  run.give({ kind: 'journey_resumed', body: { grace: GRACE, spread: SPREAD, offer }, actor: ADMIN });
  return run;
}

const look = (run: Run, total: number, lastEventAt: number | null = null) =>
  run.give({ kind: 'score', body: {}, score: score(total, total, total, 2, lastEventAt) });

describe('an imported lead', () => {
  it('takes stage and owners from its past, with no clock, no offer, no notification', () => {
    const run = imported([
      { stage: 'mql' },
      { stage: 'sal', sdr: 'ana' },
      { stage: 'closed_won', ae: 'eva', amount: 5 },
    ]);
    expect(run.journey).toMatchObject({
      stage: 'closed_won',
      owners: { sdr: 'ana', ae: 'eva' },
      handOffs: 0,
      deadlines: [],
    });
    for (const { result } of run.rows) expect(result).toMatchObject({ effects: [] });
    expect(
      run.rows.flatMap(({ result }) => ('transitions' in result ? result.transitions : [])),
    ).toContainEqual({ type: 'outcome', outcome: 'won', reason: null, amount: 5, currency: null });
  });

  it('has its clocks from now, later by its share of the spread', () => {
    const { at, journey } = imported([{ stage: 'sal', sdr: 'ana' }]);
    expect(journey.deadlines).toMatchObject([{ clock: 'sales_inactivity', startedAt: at + SPREAD }]);
    const resting = imported([{ stage: 'nurture' }]);
    expect(resting.journey.deadlines).toMatchObject([
      { clock: 'cool_off', due: resting.journey.coolOffUntil, startedAt: resting.at + SPREAD },
    ]);
    expect(resting.journey.recycles).toBe(0);
  });

  it('is not inactive for what it did not do elsewhere', () => {
    const run = imported([{ stage: 'mql' }]);
    const inactivity = () =>
      run.give({ kind: 'inactivity', body: {}, score: score(70, 70, 70, 2, run.journey.at - 300 * DAY) });
    run.at += 90 * DAY - 1;
    expect(inactivity().type).toBe('nothing');
    run.at += SPREAD + 1;
    expect(inactivity().type).toBe('decision');
    expect(run.situation).toBe('nurture');
  });

  it('is neither promoted nor offered for an old score', () => {
    for (const stage of ['inquiry', 'mql'] as const) {
      const run = imported([{ stage }]);
      const before = run.situation;
      expect(look(run, 90, run.at - DAY).type).toBe('nothing');
      run.at += GRACE + SPREAD;
      expect(look(run, 90, run.at - 20 * DAY).type).toBe('nothing');
      expect(run.situation).toBe(before);
    }
  });

  it('is demoted by score when the grace period is over, or after its first new event', () => {
    const patient = imported([{ stage: 'mql' }]);
    patient.at += GRACE + SPREAD - 1;
    expect(look(patient, 5).type).toBe('nothing');
    patient.at += 1;
    expect(look(patient, 5).type).toBe('decision');
    expect(patient.situation).toBe('nurture');

    const active = imported([{ stage: 'mql' }]);
    active.at += DAY;
    expect(look(active, 5, active.at).type).toBe('decision');
    expect(active.situation).toBe('nurture');
  });

  it('is handed off after a new event like any other lead', () => {
    const run = imported([{ stage: 'inquiry' }]);
    run.at += DAY;
    look(run, 70, run.at);
    expect(run.situation).toBe('mql.offered');
  });

  it('is offered at the first look when the import asks for it', () => {
    const run = imported([{ stage: 'mql', level: 'advanced' }], true);
    expect(run.situation).toBe('mql.advanced');
    look(run, 0);
    expect(run.situation).toBe('mql.offered');
  });

  it('has no past to be written any more, and a live lead has none', () => {
    const late = { kind: 'history_recorded', body: historicFact({ stage: 'sql' }), actor: ADMIN } as const;
    expect(imported([{ stage: 'sal' }]).give(late)).toEqual({ type: 'refusal', refusal: 'history_closed' });
    expect(new Run().capture().give(late)).toEqual({ type: 'refusal', refusal: 'history_closed' });
  });
});
