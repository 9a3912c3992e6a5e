import type { HistoricFact } from '../domain/journey/inputs.js';
import type { Instant, Milliseconds } from '../domain/time.js';
import { sha256 } from '../journal/chain.js';
import type { LeadPast } from '../leads/ingest.types.js';
import type { ImportPlan } from './import-plan.js';
import type { MappedLead } from './map-lead.js';
import { stageOf } from './stage.js';

/** A mapped lead's past as its journal takes it. */
export function pastOf(
  { steps, rows }: Pick<MappedLead, 'steps' | 'rows'>,
  importId: string,
  { grace, spread, offer }: ImportPlan,
  startAt: Instant,
): LeadPast {
  const [first] = rows;
  const where = `${importId}:${first?.file ?? 0}:${first?.n ?? 0}`;
  return {
    steps: steps.map(({ stage, moment, place, ...step }, i) => ({
      id: `history:${importId}:${place.file}:${place.n}:${i + 1}`,
      occurred: moment?.at ?? null,
      body: {
        ...stageOf(stage),
        ...step,
        import: importId,
        file: place.file,
        row: place.n,
      } satisfies HistoricFact,
    })),
    resumed: { id: `resumed:${importId}`, body: { grace, spread: shareOf(where, spread), offer } },
    startAt,
  };
}

/** A lead's share of a window: the same each time, and over many leads spread evenly. */
export const shareOf = (lead: string, window: Milliseconds): Milliseconds =>
  Number(BigInt(`0x${sha256(lead).slice(0, 12)}`) % BigInt(window));
