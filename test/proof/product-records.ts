import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import pg from 'pg';
import { columnTypes } from '../../src/db/column-types.js';
import type { Row } from '../../src/domain/journey/row.js';
import { inLanes } from '../../src/feed/lanes.js';
import { leadWorkflowId } from '../../workflows/lead.messages.js';
import type { ProductRecords } from './checks/index.js';
import type { DeliveryRecord, EventRecord, LeadRecord, PoolRecord, StoredCommand } from './checks/records.js';

/** What is left to be done before everything is at rest; each a number of things, zero when there is none. */
export interface Unrest {
  readonly deadlines: number;
  readonly facts: number;
  readonly jobs: number;
  readonly deliveries: number;
}

/** A deadline that came due only just now may be on its way. */
const ON_ITS_WAY_MS = 10_000;

const UNREST = `
  select (select count(*) from lead where not ended and wake_at < $1)::int as deadlines,
         (select count(*) from inbox where class = 'fact' and not done)::int as facts,
         (select count(*) from graphile_worker._private_jobs j
           join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier <> 'sweep')::int as jobs,
         (select count(*) from delivery where status = 'pending')::int as deliveries`;

export const isAtRest = (unrest: Unrest): boolean => Object.values(unrest).every((left) => left === 0);

/**
 * Reads everything in one snapshot if it is at rest there.
 * @returns null and what is left when it is not
 */
export async function readAtRest(
  databaseUrl: string,
  temporal: Client,
): Promise<{ readonly product: ProductRecords | null; readonly unrest: Unrest }> {
  const database = new pg.Client({ connectionString: databaseUrl, types: columnTypes });
  await database.connect();
  try {
    await database.query('begin transaction isolation level repeatable read read only');
    const asOf = Date.now() - ON_ITS_WAY_MS;
    const { rows } = await database.query<Unrest & pg.QueryResultRow>(UNREST, [new Date(asOf).toISOString()]);
    const [unrest] = rows;
    if (unrest === undefined) throw new Error('a count has no row');
    if (!isAtRest(unrest)) return { product: null, unrest };
    const records = await readRecords(database);
    const open = await openWorkflows(temporal, records.leads);
    const leads = records.leads.map((lead) => ({ ...lead, openWorkflows: open.has(lead.id) ? 1 : 0 }));
    return { product: { ...records, leads, asOf }, unrest };
  } finally {
    await database.end();
  }
}

async function readRecords(database: pg.Client): Promise<Omit<ProductRecords, 'asOf'>> {
  const read = async <T extends object>(sql: string): Promise<readonly T[]> =>
    (await database.query<T & pg.QueryResultRow>(sql)).rows;
  const heads = await read<{ id: string; ended: boolean; suppressed: number }>(
    'select id, ended, refusals_suppressed as suppressed from lead order by id',
  );
  const rows = grouped(
    await read<{ lead: string; bytes: string }>(
      'select lead_id as lead, bytes from journal order by lead_id, seq',
    ),
  );
  const names = grouped(
    await read<{ lead: string; name: string }>(
      `select lead_id as lead, source || ':' || value as name from identity where kind = 'external'`,
    ),
  );
  const assignments = grouped(
    await read<{ lead: string; rep: string; role: string }>(
      'select lead_id as lead, rep_id as rep, role from assignment',
    ),
  );
  const commands = grouped(
    await read<{ lead: string } & StoredCommand>(
      `select lead_id as lead, input_id as "inputId", done, decided_seq as "decidedSeq"
       from inbox where class = 'command'`,
    ),
  );
  const leads = heads.map((head): LeadRecord => ({
    ...head,
    // We wrote them; verify compares them byte by byte.
    rows: rows(head.id).map(({ bytes }) => JSON.parse(bytes) as Row),
    externalIds: names(head.id).map(({ name }) => name),
    assignments: assignments(head.id),
    commands: commands(head.id),
    openWorkflows: 0,
  }));
  return {
    leads,
    events: await read<EventRecord>('select source, event_id as id, lead_id as lead from event'),
    deliveries: await read<DeliveryRecord>(
      'select id, lead_id as lead, seq, i, part, webhook_id as webhook, status from delivery',
    ),
    pools: await read<PoolRecord>('select id, seq from pool'),
  };
}

function grouped<T extends { readonly lead: string }>(items: readonly T[]): (lead: string) => readonly T[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.lead);
    if (group === undefined) groups.set(item.lead, [item]);
    else group.push(item);
  }
  return (lead) => groups.get(lead) ?? [];
}

const LANES = 10;

/** Leads whose workflow is open. An id has one at most: that is Temporal's own promise. */
async function openWorkflows(temporal: Client, leads: readonly LeadRecord[]): Promise<ReadonlySet<string>> {
  const open = new Set<string>();
  await inLanes(leads, LANES, async ({ id }) => {
    try {
      const { status } = await temporal.workflow.getHandle(leadWorkflowId(id)).describe();
      if (status.name === 'RUNNING') open.add(id);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  });
  return open;
}
