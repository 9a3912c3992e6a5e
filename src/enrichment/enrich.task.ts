import type { Task } from 'graphile-worker';
import { z } from 'zod';
import { SYSTEM } from '../domain/journey/inputs.js';
import { ENRICHMENT } from '../leads/fact-store.js';
import { createIngest, type IngestDeps } from '../leads/ingest.js';
import { readLeads } from '../leads/lead-store.js';
import { fieldsOf, readPeople } from '../leads/profile-store.js';
import { CONNECT } from './connectors.js';

const payloadSchema = z.object({ leadId: z.string(), at: z.number() });

/**
 * Lets the policy's connectors look at a lead, and brings what they find as events of their own. Their ids name the
 * change that they look at: a job that runs again brings nothing new, and an older one never wins over a newer.
 */
export function createEnrichTask(deps: IngestDeps): Task {
  const ingest = createIngest(deps);
  return async (payload) => {
    const { leadId, at } = payloadSchema.parse(payload);
    const { manager } = deps.dataSource;
    const lead = (await readLeads(manager, [leadId])).get(leadId);
    const person = (await readPeople(manager, [leadId])).get(leadId);
    if (lead === undefined || person === undefined) return;
    const policy = await deps.policies.byHash(manager, lead.journey.policy);
    const { country, phone } = fieldsOf(person, policy);
    const contact = { email: person.profile.email, phone: typeof phone === 'string' ? phone : null, country };
    const events = (policy.enrichment?.connectors ?? []).map((connector) => ({
      lead: { id: leadId },
      source: connector,
      id: `${leadId}:${at}`,
      kind: ENRICHMENT,
      occurredAt: at,
      properties: CONNECT[connector](contact),
    }));
    const results = await ingest.recordEvents(events, SYSTEM);
    const fault = results.find(({ status }) => status === 'fault');
    if (fault !== undefined)
      throw new Error(`lead ${leadId}: its facts are not taken: ${JSON.stringify(fault)}`);
  };
}
