import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import { createApiServices } from '../../../src/api-services.js';
import { systemClock } from '../../../src/clock.js';
import { createDataSource } from '../../../src/db/data-source.js';
import { inTransaction } from '../../../src/db/transaction.js';
import { projectRoot } from '../../../src/embedded/project-root.js';
import type { Actor } from '../../../src/domain/journey/inputs.js';
import type { JournalKey } from '../../../src/journal/chain.js';
import { storeCommand } from '../../../src/leads/inbox-store.js';
import type { Ingest, LeadCapture } from '../../../src/leads/ingest.types.js';
import { DEPLOYMENT } from '../../../src/policies/policy-steps.js';
import { parseYaml } from '../../../src/policies/policies.js';
import { DatabaseCounters } from '../measure/database-counters.js';
import type { Site } from './site.js';

export const ADMIN: Actor = { kind: 'admin', id: 'bench', onBehalfOf: null };
const REPS = ['rep-1', 'rep-2', 'rep-3', 'rep-4'];
export const POOL_SIZE = 20;

/** A team that works with Baton: what each measurement needs of a site. */
export interface Company {
  readonly site: Site;
  readonly dataSource: DataSource;
  readonly ingest: Ingest;
  readonly client: Client;
  readonly counters: DatabaseCounters;
  readonly journalKey: JournalKey;
  close(): Promise<void>;
}

/** The shipped policy, but a raised hand is offered, too: so each lead is accepted. Four reps without a cap. */
export async function openCompany(site: Site): Promise<Company> {
  const journalKey: JournalKey = { id: 'bench', key: randomBytes(32) };
  const { address, namespace } = site.temporal;
  const dataSource = createDataSource({ url: site.databaseUrl, poolSize: POOL_SIZE, name: 'baton-bench' });
  await dataSource.initialize();
  const connection = await Connection.connect({ address });
  const services = createApiServices({
    ...{ dataSource, poolSize: POOL_SIZE, clock: systemClock, journalKey },
    gateway: { command: () => Promise.reject(new Error('the bench sends commands itself')) },
    pingTemporal: () => Promise.resolve(),
  });
  const { policies, reps, pools } = services;
  const policy = parseYaml(
    await readFile(join(projectRoot(), 'examples', 'policies', 'default.yaml'), 'utf8'),
  ) as { handOffs: { sdr: { handRaiserMode: string } } };
  policy.handOffs.sdr.handRaiserMode = 'offer';
  await inTransaction(dataSource, async (tx) => {
    const { hash } = await policies.save(tx, policy, DEPLOYMENT);
    await policies.start(tx, hash);
  });
  for (const id of REPS) {
    const rep = { id, name: id, email: null, cap: null, active: true };
    await inTransaction(dataSource, (tx) => reps.create(tx, rep, ADMIN));
  }
  const members = REPS.map((rep) => ({ rep, weight: 1 }));
  await inTransaction(dataSource, (tx) => pools.replaceMembers(tx, 'sdr', members, ADMIN));
  const counters = await DatabaseCounters.connect(site.superuserUrl);
  return {
    ...{ site, dataSource, journalKey, ingest: services.ingest, counters },
    client: new Client({ connection, namespace }),
    async close() {
      await Promise.all([counters.close(), connection.close(), dataSource.destroy()]);
    },
  };
}

/** A made-up lead as a form sends it, with what it did. */
export function leadLike(event: 'demo_request' | 'pricing_page_view' | 'email_click'): LeadCapture {
  const id = randomUUID();
  return {
    keys: { externalIds: [{ source: 'crm', id }], email: `${id}@example.com` },
    name: 'Jo Doe',
    company: 'Acme',
    title: 'Head of Engines',
    fields: { industry: 'software', company_size: 200, country: 'PT' },
    source: 'webinar',
    campaign: 'spring',
    events: [{ source: 'site', id: `visit-${id}`, kind: event, properties: { page: '/pricing' } }],
  };
}

/** Leads that are in and whose workflows nobody has started: what would ring them is taken away. */
export async function captureQuietly(
  { ingest, dataSource }: Company,
  count: number,
  event: Parameters<typeof leadLike>[0],
): Promise<readonly string[]> {
  const leads: string[] = [];
  for (const result of await ingest.captureLeads(
    Array.from({ length: count }, () => leadLike(event)),
    ADMIN,
  )) {
    if (result.status === 'fault') throw new Error(`a made-up lead is refused: ${result.fault.detail}`);
    leads.push(result.leadId);
  }
  await dataSource.query('delete from graphile_worker._private_jobs');
  return leads;
}

export const acceptId = (rep: string): string => `accept:${rep}`;
export const END_ID = 'end';

/** Puts into the inbox what people will ask of a lead: an accept by whoever gets it, and a rejection. */
export function storeCommands({ dataSource }: Company, leadId: string): Promise<void> {
  const shared = { leadId, bodyHash: '', personal: null, occurred: null, receivedAt: systemClock.now() };
  return inTransaction(dataSource, async (tx) => {
    for (const rep of REPS) {
      const actor: Actor = { kind: 'rep', id: rep, onBehalfOf: null };
      await storeCommand(tx, { ...shared, inputId: acceptId(rep), kind: 'accept', actor, body: {} });
    }
    const body = { reason: 'not_a_fit' };
    await storeCommand(tx, { ...shared, inputId: END_ID, kind: 'reject', actor: ADMIN, body });
  });
}
