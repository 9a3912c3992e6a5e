import { hasEnded, holders, isUrgent, type Journey } from '../domain/journey/journey.js';
import type { Row } from '../domain/journey/row.js';
import type { Effect } from '../domain/journey/transitions.js';
import { situationOf } from '../domain/journey/situation.js';
import { queueRank } from '../leads/apply-answers.js';
import { ownerOf } from '../leads/lead-view.js';
import type { Finding } from './finding.js';
import { firstDifference } from './first-difference.js';
import type { LeadRecords } from './lead-records.js';

/** What is written beside a sound journal, against what the journal says; at most one finding for each table. */
export function auditProjections(records: LeadRecords, journey: Journey, rows: readonly Row[]): Finding[] {
  const { lead } = records;
  if (journey.seq === 0) return [];
  const columns = {
    seq: journey.seq,
    stage: journey.stage,
    situation: situationOf(journey),
    team: journey.team,
    holder: ownerOf(journey),
    pool: journey.handOff?.pool ?? null,
    policy: journey.policy,
    ended: hasEnded(journey),
    at: journey.at,
    ...originOf(rows),
  };
  const { id: _id, state: _state, headHash: _head, ...storedColumns } = lead;
  const tables: readonly (readonly [Finding['kind'], string, unknown, unknown])[] = [
    ['projection_differs', 'lead', columns, storedColumns],
    ['projection_differs', 'assignment', holdersOf(journey), byKey(records.assignments, ({ rep }) => rep)],
    ['projection_differs', 'pool_queue', queueOf(journey), records.queue],
    ['projection_differs', 'stage_entry', stageEntriesOf(rows), byPlace(records.stageEntries)],
    ['projection_differs', 'delivery', deliveriesOf(rows), byPlace(records.deliveries)],
    ['projection_differs', 'task', tasksOf(rows), byPlace(records.tasks)],
    ['projection_differs', 'track_enrolment', tracksOf(rows), byKey(records.tracks, stayOf)],
    ['inbox_differs', 'inbox', decidedOf(records, rows), byKey(records.decided, ({ inputId }) => inputId)],
  ];
  return tables.flatMap(([kind, table, expected, found]) => {
    const difference = firstDifference(expected, found);
    if (difference === null) return [];
    const what = `${table} ${difference.path}`;
    const { expected: wanted, found: stored } = difference;
    return [{ lead: lead.id, seq: journey.seq, kind, what, expected: wanted, found: stored }];
  });
}

/** Where the lead came from, as its first row says: what reports group by. */
function originOf([first]: readonly Row[]): { source: string | null; campaign: string | null } {
  if (first?.input.kind !== 'captured') return { source: null, campaign: null };
  const { source, campaign } = first.input.body;
  return { source, campaign };
}

const holdersOf = (journey: Journey): Record<string, unknown> => byKey(holders(journey), ({ rep }) => rep);

function queueOf({ handOff, lane }: Journey): LeadRecords['queue'] {
  if (handOff?.status !== 'queued') return null;
  return { pool: handOff.pool, rank: queueRank(isUrgent(lane)), excluded: handOff.excluded };
}

const stageEntriesOf = (rows: readonly Row[]): Record<string, unknown> =>
  byPlace(
    rows.flatMap(({ seq, input, result }) =>
      'refusal' in result
        ? []
        : result.transitions.flatMap((transition, i) => {
            if (transition.type !== 'stage_entered') return [];
            const { stage, level, reason } = transition;
            return [{ seq, i, stage, level, reason, at: input.at, occurred: input.occurred }];
          }),
    ),
  );

const deliveriesOf = (rows: readonly Row[]): Record<string, unknown> =>
  byPlace(
    rows.flatMap(({ seq, result }) =>
      'refusal' in result
        ? []
        : result.effects.flatMap(({ type }, i) => (DELIVERED.includes(type) ? [{ seq, i }] : [])),
    ),
  );

/** Effects that somebody hears of. */
const DELIVERED: readonly Effect['type'][] = ['notify', 'message', 'webhook'];

const tasksOf = (rows: readonly Row[]): Record<string, unknown> =>
  byPlace(
    rows.flatMap(({ seq, result }) =>
      'refusal' in result
        ? []
        : result.effects.flatMap((effect, i) =>
            effect.type === 'task' ? [{ seq, i, title: effect.title }] : [],
          ),
    ),
  );

type Stay = LeadRecords['tracks'][number];

const stayOf = ({ track, seq }: Stay): string => `${track}.${seq}`;

/** Each stay in a track, from the row that entered it to the one that left it. */
function tracksOf(rows: readonly Row[]): Record<string, unknown> {
  const newest = new Map<string, Stay>();
  const stays = new Map<string, Stay>();
  const keep = (stay: Stay): void => {
    newest.set(stay.track, stay);
    stays.set(stayOf(stay), stay);
  };
  for (const { seq, input, result } of rows) {
    for (const transition of 'refusal' in result ? [] : result.transitions) {
      if (transition.type === 'track_entered') {
        keep({ track: transition.track, seq, enteredAt: input.at, leftAt: null });
      } else if (transition.type === 'track_left') {
        const stay = newest.get(transition.track);
        if (stay !== undefined) keep({ ...stay, leftAt: input.at });
      }
    }
  }
  return Object.fromEntries(stays);
}

/** An inbox row that says it was decided by a row names the row that holds its input. */
function decidedOf({ decided }: LeadRecords, rows: readonly Row[]): Record<string, unknown> {
  const seqOf = new Map(rows.map(({ input, seq }) => [input.id, seq]));
  return byKey(
    decided.map(({ inputId }) => ({ inputId, seq: seqOf.get(inputId) ?? null })),
    ({ inputId }) => inputId,
  );
}

const byPlace = (items: readonly { readonly seq: number; readonly i: number }[]): Record<string, unknown> =>
  byKey(items, ({ seq, i }) => `${seq}.${i}`);

const byKey = <T>(items: readonly T[], keyOf: (item: T) => string): Record<string, unknown> =>
  Object.fromEntries(items.map((item) => [keyOf(item), item]));
