import { residentBytes } from '../measure/memory.js';
import { spreadOf } from '../measure/statistics.js';
import { counted } from '../measure/table.js';
import { parkLeads } from './parking.js';
import type { Part } from './part.js';

const KILOBYTE = 1024;

/** What an open lead that waits costs the worker that has it cached, and the Temporal server. */
export const memory: Part = async (bench) => {
  const { company, sizes, say } = bench;
  const place = { part: 'memory', temporal: company.site.temporalOn };
  const { pid } = company.site.temporal;
  const worker = await bench.worker('product', { maxCachedWorkflows: 2 * sizes.runs * sizes.memoryLeads });
  // The first ones warm code and pools up.
  await parkLeads(company, worker, sizes.memoryLeads, () => undefined);
  const [workers, servers]: [number[], number[]] = [[], []];
  for (let i = 0; i < sizes.runs; i++) {
    say(`memory: run ${i + 1} of ${sizes.runs}`);
    const before = [await worker.collectGarbage(), pid === null ? 0 : await residentBytes(pid)] as const;
    await parkLeads(company, worker, sizes.memoryLeads, () => undefined);
    const after = [await worker.collectGarbage(), pid === null ? 0 : await residentBytes(pid)] as const;
    workers.push((after[0] - before[0]) / KILOBYTE / sizes.memoryLeads);
    servers.push((after[1] - before[1]) / KILOBYTE / sizes.memoryLeads);
  }
  return [
    counted(place, 'worker, kB per cached open lead', spreadOf(workers)),
    ...(pid === null ? [] : [counted(place, 'Temporal server, kB per open lead', spreadOf(servers))]),
  ];
};
