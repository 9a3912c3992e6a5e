import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { GENESIS } from '../journal/chain.js';
import { auditLink } from './audit-link.js';
import type { Difference } from './finding.js';
import { firstDifference } from './first-difference.js';
import type { JournalKeys } from './read-sources.js';

interface EntryRow {
  readonly n: number;
  readonly subject: string;
  readonly bytes: string;
  readonly at: number;
  readonly prevHash: string;
  readonly hash: string;
  readonly mac: string;
  readonly keyId: string;
}

const said = z.object({ n: z.number(), subject: z.string(), at: z.number(), change: z.unknown() });
const repChange = z.object({
  rep: z.string(),
  active: z.boolean(),
  paused: z.boolean(),
  cap: z.number().nullable(),
});
const membersChange = z.object({
  pool: z.string(),
  members: z.array(z.object({ rep: z.string(), weight: z.number() })),
});

const BATCH = 1_000;

/**
 * The chained history of who takes leads, and whether reps, caps, pauses, members and weights are today what
 * it says.
 */
export async function auditOperations(
  manager: EntityManager,
  keys: JournalKeys,
): Promise<{ readonly count: number; readonly difference: Difference | null }> {
  const latest: Latest = { reps: new Map(), members: new Map() };
  let head = GENESIS;
  let count = 0;
  for (;;) {
    const entries = await manager.query<EntryRow[]>(
      `select n, subject, bytes, recorded_at as at, prev_hash as "prevHash", hash, mac, key_id as "keyId"
         from operational_entry where n > $1 order by n limit ${BATCH}`,
      [count],
    );
    for (const entry of entries) {
      const difference = auditEntry(entry, count + 1, head, keys, latest);
      if (difference !== null) return { count, difference };
      head = entry.hash;
      count += 1;
    }
    if (entries.length < BATCH) return { count, difference: await auditToday(manager, count, latest) };
  }
}

/** What the newest entries say. */
interface Latest {
  readonly reps: Map<string, z.output<typeof repChange>>;
  readonly members: Map<string, z.output<typeof membersChange>['members']>;
}

function auditEntry(
  entry: EntryRow,
  n: number,
  head: string,
  keys: JournalKeys,
  latest: Latest,
): Difference | null {
  const what = 'operational entry';
  if (entry.n !== n) {
    return {
      seq: n,
      kind: 'row_missing',
      what: 'operational history',
      expected: `entry ${n}`,
      found: `entry ${entry.n}`,
    };
  }
  const broken = auditLink(what, n, head, entry.bytes, entry, (id) => keys.get(id) ?? null);
  if (broken !== null) return broken;
  const parsed = said.safeParse(JSON.parse(entry.bytes));
  if (!parsed.success) {
    return { seq: n, kind: 'bytes_malformed', what, expected: 'an entry', found: entry.bytes.slice(0, 200) };
  }
  const { subject, at, change } = parsed.data;
  const columns = firstDifference(
    { n: parsed.data.n, subject, recorded_at: at },
    { n, subject: entry.subject, recorded_at: entry.at },
  );
  if (columns !== null) {
    const { path, expected, found } = columns;
    return {
      seq: n,
      kind: 'column_differs',
      what: `column ${path.slice(1)} of the ${what}`,
      expected,
      found,
    };
  }
  const rep = repChange.safeParse(change);
  if (rep.success) latest.reps.set(rep.data.rep, rep.data);
  const members = membersChange.safeParse(change);
  if (members.success) latest.members.set(members.data.pool, members.data.members);
  return null;
}

async function auditToday(manager: EntityManager, seq: number, latest: Latest): Promise<Difference | null> {
  const reps = await manager.query<z.output<typeof repChange>[]>(
    'select id as rep, active, paused, cap from rep order by id',
  );
  const members = await manager.query<{ pool: string; rep: string; weight: number }[]>(
    'select pool_id as pool, rep_id as rep, weight from pool_member order by 1, 2',
  );
  const weights: Record<string, number> = {};
  for (const [pool, list] of latest.members)
    for (const { rep, weight } of list) weights[`${pool}/${rep}`] = weight;
  const difference = firstDifference(
    { rep: Object.fromEntries(latest.reps), weight: weights },
    {
      rep: Object.fromEntries(reps.map((rep) => [rep.rep, rep])),
      weight: Object.fromEntries(members.map(({ pool, rep, weight }) => [`${pool}/${rep}`, weight])),
    },
  );
  if (difference === null) return null;
  const { path, expected, found } = difference;
  return { seq, kind: 'operations_differ', what: `reps and pools today ${path}`, expected, found };
}
