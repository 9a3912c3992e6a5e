import type { EntityManager } from 'typeorm';
import { instantParam } from '../db/column-types.js';
import type { PendingWrites } from '../db/pending-writes.js';
import { prepared } from '../db/prepared.js';
import { SCORE_STEP, SCORE_WINDOW } from '../db/tables.js';
import type { Place } from '../domain/scoring/place.js';
import type { ScoreEntry } from '../domain/scoring/score.js';
import {
  type KnownWindows,
  NOTHING_KNOWN,
  type Standing,
  type StepPlace,
  type WindowNeed,
} from '../domain/scoring/windows.js';
import type { Instant } from '../domain/time.js';

/** What one lead's new events make it necessary to know. */
export interface LeadNeed {
  readonly lead: string;
  readonly need: WindowNeed;
}

/** The rows of a lead that its windows gain. */
export interface WindowRows {
  readonly steps: readonly StepPlace[];
  /** The entry that stands in a window from now on. */
  readonly standing: readonly Standing[];
}

type OfType<T extends WindowNeed['type']> = Extract<WindowNeed, { type: T }> & { readonly lead: string };

/** What is known of the windows of some leads: at most three statements, whatever their number. */
export async function readWindows(
  manager: EntityManager,
  needs: readonly LeadNeed[],
): Promise<(lead: string) => KnownWindows> {
  const ofType = <T extends WindowNeed['type']>(type: T): OfType<T>[] =>
    needs.flatMap(({ lead, need }) => (need.type === type ? [{ ...(need as OfType<T>), lead }] : []));
  const known = new Map<string, { standing: Standing[]; steps: StepPlace[] }>();
  const of = (lead: string) => {
    const windows = known.get(lead) ?? { standing: [], steps: [] };
    known.set(lead, windows);
    return windows;
  };
  for (const { lead, standing } of await readStanding(manager, ofType('standing'))) {
    of(lead).standing.push(standing);
  }
  const places = [
    ...(await readNeighbours(manager, ofType('neighbours'))),
    ...(await readChains(manager, ofType('chain'))),
  ];
  for (const { lead, place } of places) of(lead).steps.push(place);
  return (lead) => known.get(lead) ?? NOTHING_KNOWN;
}

interface StandingRow {
  readonly lead_id: string;
  readonly rule: string;
  readonly window_start: Instant;
  readonly place_at: Instant;
  readonly source: string;
  readonly event_id: string;
  readonly n: number;
  readonly score_group: string;
  readonly micro: number;
  readonly occurred_at: Instant;
  readonly recorded_at: Instant;
  readonly cause: string;
}

async function readStanding(
  manager: EntityManager,
  needs: readonly OfType<'standing'>[],
): Promise<{ lead: string; standing: Standing }[]> {
  if (needs.length === 0) return [];
  const rows = await prepared<StandingRow>(
    manager,
    `select w.lead_id, w.rule, w.window_start, w.occurred_at as place_at, w.source, w.event_id,
            e.n, e.score_group, e.micro, e.occurred_at, e.recorded_at, e.cause
       from unnest($1::text[], $2::text[], $3::timestamptz[]) as g (lead_id, rule, window_start)
       join score_window w using (lead_id, rule, window_start)
       join score_entry e on e.lead_id = w.lead_id and e.n = w.n`,
    [
      needs.map(({ lead }) => lead),
      needs.map(({ rule }) => rule),
      needs.map(({ window }) => instantParam(window)),
    ],
  );
  return rows.map((row) => {
    const { rule, n, micro, cause } = row;
    const place: Place = { occurred: row.place_at, source: row.source, id: row.event_id };
    const entry: ScoreEntry = {
      ...{ n, rule, group: row.score_group, micro },
      ...{ occurred: row.occurred_at, recorded: row.recorded_at, cause, reverses: null },
    };
    return { lead: row.lead_id, standing: { rule, window: row.window_start, place, entry } };
  });
}

interface StepRow {
  readonly lead_id: string;
  readonly rule: string;
  readonly step: number;
  readonly occurred_at: Instant;
  readonly source: string;
  readonly event_id: string;
  readonly event: string;
}

const STEP_COLUMNS = 's.lead_id, s.rule, s.step, s.occurred_at, s.source, s.event_id, s.event';
/** A walk along score_step, from a row `f`; each goes down or up the primary key to the first that fits. */
const BEFORE = `(s.occurred_at, s.source, s.event_id) < (f.occurred_at, f.source, f.event_id)
  and s.occurred_at > f.after order by s.occurred_at desc, s.source desc, s.event_id desc`;
const AFTER = `(s.occurred_at, s.source, s.event_id) > (f.occurred_at, f.source, f.event_id)
  and s.occurred_at < f.before order by s.occurred_at, s.source, s.event_id`;
const SAME_LINE = 's.lead_id = f.lead_id and s.rule = f.rule';
const GIVEN = `unnest($1::text[], $2::text[], $3::int[], $4::timestamptz[], $5::text[], $6::text[],
  $7::timestamptz[], $8::timestamptz[]`;
const GIVEN_COLUMNS = 'lead_id, rule, step, occurred_at, source, event_id, after, before';

const NEIGHBOURS = `
  select s.* from ${GIVEN}, $9::int[]) as f (${GIVEN_COLUMNS}, most) cross join lateral (
    (select ${STEP_COLUMNS} from score_step s where ${SAME_LINE} and s.step = f.step and ${BEFORE} limit f.most)
    union all
    (select ${STEP_COLUMNS} from score_step s where ${SAME_LINE} and s.step = f.step and ${AFTER} limit f.most)
  ) s`;

const CHAINS = `
  with recursive given as (
    select ${GIVEN_COLUMNS}, last, next_window, null::text as event
      from ${GIVEN}, $9::int[], $10::timestamptz[]) as g (${GIVEN_COLUMNS}, last, next_window)),
  back as (
    select lead_id, rule, step, occurred_at, source collate "C" as source, event_id collate "C" as event_id,
           event, after from given
    union all
    select s.*, f.after from back f cross join lateral (
      select ${STEP_COLUMNS} from score_step s where ${SAME_LINE} and s.step = f.step - 1 and ${BEFORE} limit 1) s),
  forth as (
    select lead_id, rule, step, occurred_at, source collate "C" as source, event_id collate "C" as event_id,
           event, before from given
    union all
    select s.*, f.before from forth f cross join lateral (
      select ${STEP_COLUMNS} from score_step s where ${SAME_LINE} and s.step = f.step + 1 and ${AFTER} limit 1) s)
  select lead_id, rule, step, occurred_at, source, event_id, event from back where event is not null
  union
  select lead_id, rule, step, occurred_at, source, event_id, event from forth where event is not null
  union
  select s.* from given f cross join lateral (
    select ${STEP_COLUMNS} from score_step s
     where ${SAME_LINE} and s.step = f.last and s.occurred_at >= f.next_window and s.occurred_at < f.before
     order by s.occurred_at, s.source, s.event_id limit 1) s
   where f.step < f.last`;

const givenBy = (needs: readonly (OfType<'neighbours'> | OfType<'chain'>)[]): unknown[] => [
  needs.map(({ lead }) => lead),
  needs.map(({ of }) => of.rule),
  needs.map(({ of }) => of.step),
  needs.map(({ of }) => instantParam(of.occurred)),
  needs.map(({ of }) => of.source),
  needs.map(({ of }) => of.id),
  needs.map(({ of, within }) => instantParam(of.occurred - within)),
  needs.map(({ of, within }) => instantParam(of.occurred + within)),
];

type LeadPlace = { readonly lead: string; readonly place: StepPlace };

const toPlace = (row: StepRow): LeadPlace => ({
  lead: row.lead_id,
  place: {
    ...{ rule: row.rule, step: row.step, occurred: row.occurred_at },
    ...{ source: row.source, id: row.event_id, eventId: row.event },
  },
});

async function readNeighbours(
  manager: EntityManager,
  needs: readonly OfType<'neighbours'>[],
): Promise<LeadPlace[]> {
  if (needs.length === 0) return [];
  const most = needs.map((need) => need.most);
  return (await prepared<StepRow>(manager, NEIGHBOURS, [...givenBy(needs), most])).map(toPlace);
}

async function readChains(manager: EntityManager, needs: readonly OfType<'chain'>[]): Promise<LeadPlace[]> {
  if (needs.length === 0) return [];
  const [last, next] = [needs.map((need) => need.last), needs.map((need) => instantParam(need.nextWindow))];
  return (await prepared<StepRow>(manager, CHAINS, [...givenBy(needs), last, next])).map(toPlace);
}

/** Writes what stands in windows from now on, and where counts and sequences find new events. */
export function saveWindows(writes: PendingWrites, lead: string, { steps, standing }: WindowRows): void {
  for (const { rule, step, occurred, source, id, eventId } of steps) {
    writes.insert(SCORE_STEP, {
      ...{ lead_id: lead, rule, step, occurred_at: occurred, source, event_id: id, event: eventId },
    });
  }
  for (const { rule, window, place, entry } of standing) {
    writes.insert(SCORE_WINDOW, {
      ...{ lead_id: lead, rule, window_start: window, n: entry.n },
      ...{ occurred_at: place.occurred, source: place.source, event_id: place.id },
    });
  }
}
