import { inLanes } from '../../../src/feed/lanes.js';
import { pause } from '../../../src/embedded/process-identity.js';
import { rate, timed } from '../measure/interleave.js';
import { residentBytes } from '../measure/memory.js';
import { spreadOf } from '../measure/statistics.js';
import { counted } from '../measure/table.js';
import { leadLike } from '../site/company.js';
import { type RunningApi, startApi, startWorker } from '../site/processes.js';
import type { Part } from './part.js';

const MEGABYTE = 1024 ** 2;
/** How often a client asks whether its lead has been offered. */
const ASK_AGAIN_MS = 50;

/**
 * The whole product over HTTP, relay included: a lead asks for a demo, is offered, accepted, answered, rejected.
 * The client learns who has it by asking, which the API has to answer, too.
 */
export const http: Part = async (bench) => {
  const { company, sizes, folder, say } = bench;
  const place = { part: 'whole path, HTTP', temporal: company.site.temporalOn };
  const worker = await startWorker(company, folder);
  bench.onEnd(() => worker.stop());
  const api = await startApi(company, folder);
  bench.onEnd(() => api.stop());
  let requests = 0;
  const counting: RunningApi = {
    ...api,
    send: (...args) => {
      requests += 1;
      return api.send(...args);
    },
  };
  const run = async (count: number): Promise<number> => {
    const leads = Array.from({ length: count }, (_, i) => i);
    return rate(count, await timed(() => inLanes(leads, sizes.inFlight, () => wholePath(counting))));
  };
  await run(sizes.inFlight);
  requests = 0;
  const rates: number[] = [];
  for (let i = 0; i < sizes.runs; i++) {
    say(`whole path over HTTP on ${place.temporal}: run ${i + 1} of ${sizes.runs}`);
    rates.push(await run(sizes.httpLeads));
  }
  const perLead = requests / (sizes.runs * sizes.httpLeads);
  const { pid } = company.site.temporal;
  return [
    counted(place, `leads/s, ${sizes.inFlight} in flight`, spreadOf(rates)),
    counted(place, 'requests per lead', spreadOf([perLead])),
    counted(place, 'API, resident MB after it', spreadOf([(await residentBytes(api.pid)) / MEGABYTE])),
    counted(place, 'worker, resident MB after it', spreadOf([(await residentBytes(worker.pid)) / MEGABYTE])),
    ...(pid === null
      ? []
      : [
          counted(place, 'Temporal, resident MB after it', spreadOf([(await residentBytes(pid)) / MEGABYTE])),
        ]),
  ];
};

interface LeadAnswer {
  readonly lead: {
    readonly situation: string;
    readonly handOff: { readonly rep: string | null } | null;
  };
}

async function wholePath({ send }: RunningApi): Promise<void> {
  const { keys, ...told } = leadLike('demo_request');
  const { id } = (await send('/v1/leads', { ...keys, ...told })) as { readonly id: string };
  const path = `/v1/leads/${id}`;
  let rep: string | null = null;
  while (rep === null) {
    const { lead } = (await send(path)) as LeadAnswer;
    rep = lead.handOff?.rep ?? null;
    if (rep === null) await pause(ASK_AGAIN_MS);
  }
  await send(`${path}/accept`, {}, rep);
  await send(`${path}/first-response`, { channel: 'call' }, rep);
  const { lead } = (await send(`${path}/reject`, { reason: 'not_a_fit' }, rep)) as LeadAnswer;
  if (lead.situation !== 'disqualified') throw new Error(`${id} ends as ${lead.situation}`);
}
