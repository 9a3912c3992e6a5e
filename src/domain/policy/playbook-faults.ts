import { PLACES } from '../playbooks/places.js';
import { unknownVariables, VARIABLES } from '../playbooks/template.js';
import { conditionFaults } from './condition-faults.js';
import { type Fault, fault, type Path, repeated } from './fault.js';
import type { Action, Playbook, StepAction, Track } from './playbooks.schema.js';
import type { Policy } from './policy.schema.js';

/** What is wrong with playbooks and tracks although their shape is right. */
export function playbookFaults(policy: Policy): Fault[] {
  const { playbooks = [], tracks = [] } = policy;
  const reasons = reasonsOf(policy);
  return [
    ...idFaults('playbooks', playbooks),
    ...idFaults('tracks', tracks),
    ...playbooks.flatMap((playbook, i) => [
      ...entryFaults(['playbooks', i], playbook, reasons),
      ...playbook.do.flatMap((action, n) =>
        actionFaults(['playbooks', i, 'do', n], action, KINDS.playbook, VARIABLES.playbook),
      ),
    ]),
    ...tracks.flatMap((track, i) => [
      ...entryFaults(['tracks', i], track, reasons),
      ...leaveFaults(['tracks', i], track),
      ...track.steps.flatMap((step, s) =>
        step.do.flatMap((action, n) =>
          actionFaults(['tracks', i, 'steps', s, 'do', n], action, KINDS.track, VARIABLES.track),
        ),
      ),
    ]),
  ];
}

const KINDS = {
  playbook: ['notify', 'task', 'webhook', 'tag'],
  track: ['notify', 'task', 'webhook'],
} as const;

/** Reasons for which Baton itself lets a lead enter a stage; the others are codes of the policy. */
export const OWN_REASONS = [
  'accepted',
  'by_hand',
  'captured',
  'criterion_lost',
  'decayed',
  'dispute',
  'first_response_breach',
  'hand_off',
  'hand_raised',
  'inactive',
  'mismatch',
  'no_sales_activity',
  'nobody_accepted',
  'opportunity',
  'qualified',
  'recycle_limit',
  'reopen',
  'returned',
  'review',
  'score',
  'won',
] as const;

/** Every reason with which a stage can be entered under the policy. */
function reasonsOf({ reasons, disqualifiers }: Policy): readonly string[] {
  const own = [
    ...Object.keys(reasons.reject),
    ...Object.keys(reasons.lost),
    ...reasons.recycle,
    ...reasons.disqualify,
    ...disqualifiers.map(({ reason }) => reason),
  ];
  return [...new Set([...OWN_REASONS, ...own])].sort();
}

function idFaults(section: 'playbooks' | 'tracks', rules: readonly { readonly id: string }[]): Fault[] {
  return rules.flatMap(({ id }, i) =>
    rules.findIndex((other) => other.id === id) < i
      ? [fault([section, i, 'id'], `another of these ${section} is called "${id}"`)]
      : [],
  );
}

function entryFaults(path: Path, { on, when }: Playbook | Track, known: readonly string[]): Fault[] {
  const { reason = [] } = on;
  const conditions = Object.entries(when ?? {});
  return [
    ...repeated([...path, 'on', 'reason'], reason),
    ...reason.flatMap((code, i) =>
      known.includes(code)
        ? []
        : [fault([...path, 'on', 'reason', i], `no lead enters a stage for the reason "${code}"`, known)],
    ),
    ...(when !== undefined && conditions.length === 0
      ? [fault([...path, 'when'], 'names no field; leave it out, or say what must hold')]
      : []),
    ...conditions.flatMap(([field, condition]) => conditionFaults([...path, 'when', field], condition)),
  ];
}

function leaveFaults(path: Path, { on, leaveOn = [] }: Track): Fault[] {
  const within = (place: string): boolean => place === on.stage || place.startsWith(`${on.stage}.`);
  return [
    ...repeated([...path, 'leaveOn'], leaveOn),
    ...leaveOn.flatMap((place, i) =>
      within(place)
        ? [
            fault(
              [...path, 'leaveOn', i],
              `the track begins in ${on.stage}; it cannot end there`,
              PLACES.filter((other) => !within(other)),
            ),
          ]
        : [],
    ),
  ];
}

function actionFaults(
  path: Path,
  action: Action | StepAction,
  kinds: readonly string[],
  variables: readonly string[],
): Fault[] {
  const given = Object.entries(action).flatMap(([kind, value]) => (value === undefined ? [] : [kind]));
  const { notify, task } = action;
  const tag = 'tag' in action ? action.tag : undefined;
  return [
    ...(given.length === 1
      ? []
      : [
          fault(
            path,
            `an action does exactly one thing, not ${given.length === 0 ? 'nothing' : given.join(' and ')}`,
            kinds,
          ),
        ]),
    ...textFaults([...path, 'notify', 'message'], notify?.message, variables),
    ...textFaults([...path, 'task', 'title'], task?.title, variables),
    ...(tag === undefined ? [] : tagFaults([...path, 'tag'], tag)),
  ];
}

function textFaults(path: Path, text: string | undefined, variables: readonly string[]): Fault[] {
  return unknownVariables(text ?? '', variables).map((name) =>
    fault(path, `there is no variable "${name}"`, variables),
  );
}

function tagFaults(path: Path, { add = [], remove = [] }: NonNullable<Action['tag']>): Fault[] {
  return [
    ...(add.length + remove.length === 0 ? [fault(path, 'adds and removes nothing', ['add', 'remove'])] : []),
    ...repeated([...path, 'add'], add),
    ...repeated([...path, 'remove'], remove),
    ...remove.flatMap((tag, i) =>
      add.includes(tag) ? [fault([...path, 'remove', i], `"${tag}" is added by the same action`)] : [],
    ),
  ];
}
