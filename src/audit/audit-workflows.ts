import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { LeadGateway } from '../leads/lead-gateway.js';
import { MINUTE, SECOND, type Milliseconds } from '../domain/time.js';
import type { Finding } from './finding.js';

/** Temporal's list is some seconds old, and a bell takes a moment: what still differs after this is a finding. */
const SECOND_LOOK: Milliseconds = 3 * SECOND;
const SECOND_LOOKS = 4;

/**
 * Open leads without a running workflow, and running workflows without an open lead. Whose ring waits in the
 * outbox is about to start: no finding.
 */
export async function auditWorkflows(
  dataSource: DataSource,
  gateway: Pick<LeadGateway, 'listOpen'>,
  only: string | null,
  pause: Milliseconds = SECOND_LOOK,
): Promise<{ readonly running: number; readonly findings: readonly Finding[] }> {
  let look = await compare(dataSource, gateway, only);
  for (let i = 0; i < SECOND_LOOKS && look.missing.size + look.leftOver.size > 0; i++) {
    await wait(pause);
    const again = await compare(dataSource, gateway, only);
    look = {
      running: again.running,
      missing: both(look.missing, again.missing),
      leftOver: both(look.leftOver, again.leftOver),
    };
  }
  const finding = (lead: string, kind: Finding['kind'], expected: string, found: string): Finding => ({
    lead,
    seq: null,
    kind,
    what: 'workflow',
    expected,
    found,
  });
  return {
    running: look.running,
    findings: [
      ...[...look.missing].map((lead) =>
        finding(lead, 'workflow_missing', 'a running workflow: the lead is open', 'none'),
      ),
      ...[...look.leftOver].map((lead) =>
        finding(lead, 'workflow_left_over', 'no running workflow: no such lead is open', 'a running one'),
      ),
    ],
  };
}

interface Look {
  readonly running: number;
  readonly missing: ReadonlySet<string>;
  readonly leftOver: ReadonlySet<string>;
}

/**
 * Leads are read before and after the list of workflows: only who was open both times, and not about to start
 * before, should be in it.
 */
async function compare(
  dataSource: DataSource,
  gateway: Pick<LeadGateway, 'listOpen'>,
  only: string | null,
): Promise<Look> {
  const before = await openLeads(dataSource, only);
  const starting = await leadsAboutToStart(dataSource);
  const running = new Set<string>();
  for await (const lead of gateway.listOpen()) if (only === null || lead === only) running.add(lead);
  const after = await openLeads(dataSource, only);
  return {
    running: running.size,
    missing: new Set(
      [...before].filter((lead) => after.has(lead) && !running.has(lead) && !starting.has(lead)),
    ),
    leftOver: new Set([...running].filter((lead) => !before.has(lead) && !after.has(lead))),
  };
}

const both = (a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...a].filter((item) => b.has(item)));

async function openLeads(dataSource: DataSource, only: string | null): Promise<ReadonlySet<string>> {
  const rows = await dataSource.query<{ id: string }[]>(
    'select id from lead where not ended and ($1::text is null or id = $1)',
    [only],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Leads whose ring has not been carried out; one that the queue has given up is none. */
async function leadsAboutToStart(dataSource: DataSource): Promise<ReadonlySet<string>> {
  const rows = await dataSource.query<{ id: string }[]>(
    `select distinct substring(key from '^ring:[a-z]+:(.*)$') as id from graphile_worker.jobs
      where key like 'ring:%' and attempts < max_attempts`,
  );
  return new Set(rows.map(({ id }) => id));
}

/** A fact is swept up within seconds: one that is older has been forgotten. */
const FORGOTTEN_AFTER: Milliseconds = MINUTE;
const MOST_FORGOTTEN = 1_000;

/** Facts that lie undecided in an inbox for longer than the sweeper would let them. */
export async function auditInbox(
  dataSource: DataSource,
  now: number,
  only: string | null,
): Promise<readonly Finding[]> {
  const facts = await dataSource.query<{ lead: string; input: string; kind: string; since: number }[]>(
    `select lead_id as lead, input_id as input, kind, received_at as since from inbox
      where class = 'fact' and not done and received_at < $1 and ($2::text is null or lead_id = $2)
      order by received_at limit ${MOST_FORGOTTEN}`,
    [new Date(now - FORGOTTEN_AFTER).toISOString(), only],
  );
  return facts.map(({ lead, input, kind, since }) => ({
    lead,
    seq: null,
    kind: 'fact_undecided',
    what: `fact ${kind} ${input}`,
    expected: 'decided within a minute',
    found: `undecided since ${new Date(since).toISOString()}`,
  }));
}
