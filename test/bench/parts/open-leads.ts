import { interleave, pairsOf } from '../measure/interleave.js';
import { residentBytes } from '../measure/memory.js';
import { compare, spreadOf } from '../measure/statistics.js';
import { compared, counted } from '../measure/table.js';
import { floorArm, productArm } from './arms.js';
import { runOnce } from './hand-off.js';
import { parkLeads } from './parking.js';
import type { Bench, Part } from './part.js';

const OPEN_LEADS_TARGET = { atLeast: 0.9 };
const MEGABYTE = 1024 ** 2;

/**
 * Throughput of hand-offs beside many open leads against that beside few: two sites at once, so that the runs
 * can take turns. The floor's workflow on both tells what is the server's.
 * @param few the site that stands for the floor
 */
export const openLeads =
  (few: Bench): Part =>
  async (many) => {
    const { sizes, say } = many;
    const place = { part: 'open leads', temporal: many.company.site.temporalOn };
    const open = [sizes.openMany, sizes.openFew] as const;
    const sites = [];
    for (const [i, bench] of [many, few].entries()) {
      const worker = await bench.worker('product');
      const product = productArm(bench.company, worker);
      const floor = floorArm(bench.company, await bench.worker('floor'));
      const wanted = open[i] ?? 0;
      await parkLeads(bench.company, worker, wanted, (parked) => say(`parked ${parked} of ${wanted} leads`));
      await bench.company.dataSource.query('analyze');
      for (const arm of [product, floor]) await runOnce(bench.company, arm, sizes.inFlight, sizes.inFlight);
      sites.push({ company: bench.company, product, floor, worker });
    }
    const [atMany, atFew] = sites;
    if (atMany === undefined || atFew === undefined) throw new Error('two sites are compared');

    const compareArms = async (arm: 'product' | 'floor') =>
      compare(
        pairsOf(
          await interleave(sizes.runs, {
            value: async (run) => {
              say(`${arm} beside open leads: run ${run + 1} of ${sizes.runs}`);
              return runOnce(atMany.company, atMany[arm], sizes.leads, sizes.inFlight);
            },
            floor: () => runOnce(atFew.company, atFew[arm], sizes.leads, sizes.inFlight),
          }),
          (run) => run.leadsPerSecond,
        ),
      );
    const what = `leads/s beside ${open[0].toLocaleString('en')} open, floor: beside ${open[1].toLocaleString('en')}`;
    const residents = async (pid: number | null): Promise<number> =>
      pid === null ? 0 : (await residentBytes(pid)) / MEGABYTE;
    return [
      compared(place, what, await compareArms('product'), OPEN_LEADS_TARGET),
      compared(place, "the same of the floor's workflow", await compareArms('floor')),
      counted(place, 'worker, resident MB', spreadOf([await residents(atMany.worker.pid)])),
      counted(place, 'Temporal, resident MB', spreadOf([await residents(atMany.company.site.temporal.pid)])),
    ];
  };
