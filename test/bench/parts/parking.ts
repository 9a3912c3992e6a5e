import { inLanes } from '../../../src/feed/lanes.js';
import { createTemporalLeadGateway } from '../../../src/leads/lead-gateway.js';
import { captureQuietly, type Company } from '../site/company.js';
import type { BenchWorker } from '../workers/fork-worker.js';

const AT_ONCE = 1_000;
const LANES = 30;

/**
 * Opens leads that stay open: inquiries with a small score. Each has a running workflow with a timer, as after
 * its own capture and ring.
 */
export async function parkLeads(
  company: Company,
  worker: BenchWorker,
  count: number,
  progress: (parked: number) => void,
): Promise<void> {
  const gateway = createTemporalLeadGateway({ client: company.client, taskQueue: worker.taskQueue });
  for (let parked = 0; parked < count;) {
    const leads = await captureQuietly(company, Math.min(AT_ONCE, count - parked), 'email_click');
    await inLanes(leads, LANES, async (lead) => {
      const looked = worker.until(lead, 'inquiry');
      await Promise.all([looked, gateway.ring(lead, 'score')]);
    });
    parked += leads.length;
    progress(parked);
  }
}
