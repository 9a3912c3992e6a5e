import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { describeProblem } from '../feed/baton-api.js';
import { inLanes } from '../feed/lanes.js';
import type { PlayContext } from './context.js';
import type { DataSet, PlayedLead } from './data-set.js';

const captured = z.object({ id: z.string() });

const LANES = 4;
const HOLD_MS = 50;

export interface ArrivalOptions<L> {
  /** Leads a second. */
  readonly rate: number;
  /** Whether no more may come in just now. */
  readonly crowded: () => boolean;
  /** Whether the play is over, for whatever reason. */
  readonly over: () => boolean;
  readonly onCaptured: (lead: L, id: string) => void;
}

/** Lets the leads come in, at the rate and not faster than Baton and the people can take it. */
export async function arrive<L extends PlayedLead>(
  context: PlayContext,
  data: DataSet<L>,
  { rate, crowded, over, onCaptured }: ArrivalOptions<L>,
): Promise<void> {
  const { api, log } = context;
  await inLanes(paced(), LANES, async (lead) => {
    const { externalId, body } = lead;
    log.add({ did: 'sent', lead: externalId, what: 'lead', body });
    const key = context.key(externalId, 'lead');
    const answer = await api({ method: 'POST', path: '/v1/leads', body, key });
    if (answer.status === 422) {
      throw new Error(
        `This Baton has got lead ${externalId} of ${data.name} with this seed already, and with other ` +
          'content. Take another seed, or an empty Baton.',
      );
    }
    const parsed = captured.safeParse(answer.body);
    if (answer.status !== 200 || !parsed.success)
      throw new Error(`lead ${externalId} was refused: ${answer.status} ${describeProblem(answer)}`);
    log.add({ did: 'captured', lead: externalId, id: parsed.data.id });
    onCaptured(lead, parsed.data.id);
  });

  async function* paced(): AsyncGenerator<L> {
    let next = Date.now();
    for (const lead of data.leads) {
      await wait(Math.max(0, next - Date.now()));
      while (!over() && crowded()) await wait(HOLD_MS);
      if (over()) return;
      // What was held back is not caught up with in a burst.
      next = Math.max(next + 1000 / rate, Date.now());
      yield lead;
    }
  }
}
