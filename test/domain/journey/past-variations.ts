import { HISTORIC_STAGES, type HistoricFact, type InputBodies } from '../../../src/domain/journey/inputs.js';
import { DAY } from '../../../src/domain/time.js';
import { ADMIN, type Run } from './run.js';
import type { Variation } from './variation.js';

/** As an import leaves the lead before its journey goes on here. */
const withOpenPast = (run: Run): void => {
  const past = { resumedAt: null, activeFrom: run.at, graceUntil: run.at, offer: false };
  run.journey = { ...run.journey, past };
};

/** As an import leaves a lead that it wants to be offered. */
export const toBeOffered = (run: Run): void => {
  run.journey = {
    ...run.journey,
    handOffs: 0,
    past: { resumedAt: run.at, activeFrom: run.at, graceUntil: run.at, offer: true },
  };
};

export const historicFact = (fact: Pick<HistoricFact, 'stage'> & Partial<HistoricFact>): HistoricFact => ({
  level: fact.stage === 'mql' ? 'early' : null,
  sdr: null,
  ae: null,
  reason: null,
  amount: null,
  currency: null,
  import: 'im_1',
  file: 1,
  row: 7,
  ...fact,
});

type PastKind = 'history_recorded' | 'journey_resumed';

/** What an import writes, to a lead that is live already and to one whose past is open. */
const ofThePast = <K extends PastKind>(kind: K, bodies: readonly InputBodies[K][]): Variation[] =>
  bodies.flatMap((body) => {
    const input = () => ({ kind, body, actor: ADMIN });
    return [
      { name: JSON.stringify(body), input },
      { name: `open past ${JSON.stringify(body)}`, prepare: withOpenPast, input },
    ];
  });

export const PAST_VARIATIONS: Readonly<Record<PastKind, readonly Variation[]>> = {
  history_recorded: ofThePast('history_recorded', [
    ...HISTORIC_STAGES.map((stage) => historicFact({ stage })),
    historicFact({ stage: 'mql', level: 'advanced' }),
    historicFact({ stage: 'opportunity', sdr: 'ana', ae: 'eva' }),
    historicFact({ stage: 'closed_won', sdr: 'ana', ae: 'eva', amount: 100, currency: 'EUR' }),
  ]),
  journey_resumed: ofThePast('journey_resumed', [{ grace: 14 * DAY, spread: 7, offer: false }]),
};
