import type { FieldRule } from '../journey/decision.js';
import type { Draft } from '../journey/draft.js';
import type { Journey, MqlLevel, Stage } from '../journey/journey.js';
import type { Effect } from '../journey/transitions.js';
import type { Action, Playbook, Track } from '../policy/playbooks.schema.js';
import { actsOf } from './acts.js';
import { isAt, placeOf, type Standing } from './places.js';

/** A stage that the row enters, and where the lead stood just before. */
interface Entry {
  readonly stage: Stage;
  readonly level: MqlLevel | null;
  readonly reason: string;
  readonly from: Standing;
}

/**
 * Fires the playbooks of every stage that the row has entered, in the order of the entries, then of the policy. Tags
 * become transitions of the row; the rest is returned.
 */
export function firePlaybooks(d: Draft, before: Journey): readonly Effect[] {
  const { playbooks } = d.policy;
  if (playbooks === undefined || recordsPast(d)) return [];
  const effects = entriesOf(d, before).flatMap((entry) =>
    playbooks
      .filter((playbook) => begins(d, { kind: 'playbook', ...playbook }, entry))
      .flatMap((playbook) => {
        setTags(d, playbook.do);
        const values = { stage: placeOf(entry), reason: entry.reason };
        return actsOf(playbook.do, playbook.on.stage, d.journey, values, d.at).map((act): Effect => ({
          ...act,
          playbook: playbook.id,
        }));
      }),
  );
  if (!d.journey.tasksGiven && effects.some(({ type }) => type === 'task')) d.emit({ type: 'tasks_given' });
  return effects;
}

/** Takes the lead out of the tracks that it leaves with this row and into those that it enters. */
export function moveTracks(d: Draft, before: Journey): void {
  const tracks = d.policy.tracks ?? [];
  if (recordsPast(d)) return;
  if (tracks.length === 0 && Object.keys(before.tracks).length === 0) return;
  const entries = entriesOf(d, before);
  for (const [id, { left }] of Object.entries(before.tracks)) {
    if (
      !left &&
      leaves(
        tracks.find((track) => track.id === id),
        d.journey,
        entries,
      )
    ) {
      d.emit({ type: 'track_left', track: id });
    }
  }
  const last = entries.at(-1);
  if (last === undefined) return;
  for (const track of tracks) {
    const known = d.journey.tracks[track.id];
    if (known !== undefined && (!known.left || track.once === true)) continue;
    // Stages that the row only passed through begin no track.
    if (!begins(d, { kind: 'track', ...track }, { ...last, from: before })) continue;
    d.emit({ type: 'track_entered', track: track.id });
  }
}

/** What an imported lead went through elsewhere has had its consequences there. */
const recordsPast = ({ journey }: Draft): boolean => journey.past?.resumedAt === null;

/** A track that the policy does not have any more is left, too. */
function leaves(track: Track | undefined, now: Standing, entries: readonly Entry[]): boolean {
  if (track === undefined) return true;
  const { on, leaveOn } = track;
  if (leaveOn === undefined) return !isAt(now, on.stage);
  // Nobody goes on nurturing who is no lead.
  if (on.stage !== 'disqualified' && now.stage === 'disqualified') return true;
  return now.stage === 'merged' || entries.some((entry) => leaveOn.some((place) => isAt(entry, place)));
}

/** Whether this entry starts it. Its conditions are asked last, and only if all else holds. */
function begins(
  d: Draft,
  { kind, id, on, when }: FieldRule & Pick<Playbook | Track, 'on' | 'when'>,
  entry: Entry,
): boolean {
  if (!isAt(entry, on.stage) || isAt(entry.from, on.stage)) return false;
  if (on.reason !== undefined && !on.reason.includes(entry.reason)) return false;
  return when === undefined || d.fieldsFulfil({ kind, id });
}

function entriesOf(d: Draft, before: Journey): readonly Entry[] {
  let from: Standing = before;
  return d.transitions.flatMap((transition) => {
    if (transition.type !== 'stage_entered') return [];
    const { stage, level, reason } = transition;
    const entry = { stage, level, reason, from };
    from = { stage, level };
    return [entry];
  });
}

function setTags(d: Draft, actions: readonly Action[]): void {
  const before = d.journey.tags;
  const tags = new Set(before);
  for (const { tag } of actions) {
    for (const one of tag?.add ?? []) tags.add(one);
    for (const one of tag?.remove ?? []) tags.delete(one);
  }
  const after = [...tags].sort();
  if (after.join('\0') !== before.join('\0')) d.emit({ type: 'tags_set', tags: after });
}
