import { holders, type Journey, type Team } from '../journey/journey.js';
import type { Recipient } from '../journey/transitions.js';
import type { StepAction, TaskPolicy } from '../policy/playbooks.schema.js';
import { parseDuration, type Instant } from '../time.js';
import type { Place } from './places.js';
import { render, type Variable } from './template.js';

/** One thing that a playbook or a step of a track does outside the journey. */
export type Act =
  | { readonly type: 'message'; readonly to: Recipient; readonly text: string }
  | { readonly type: 'webhook'; readonly topic: string }
  | {
      readonly type: 'task';
      readonly title: string;
      readonly assignee: TaskPolicy['for'];
      /** What cancels it: leaving `stage`, the end of the journey, or nothing. */
      readonly until: NonNullable<TaskPolicy['until']>;
      readonly stage: Place;
      readonly due: Instant;
    };

/** Who answers for what is still to do about a lead: who holds it, after its end who had it. */
export const ownerForTasks = (journey: Journey): string | null =>
  holders(journey)[0]?.rep ?? journey.owners.ae ?? journey.owners.sdr;

/** Whose a task is: a rep's, else a team's. */
export function assigned(
  assignee: TaskPolicy['for'],
  journey: Journey,
): { readonly rep: string | null; readonly team: Team } {
  if (assignee !== 'owner') return { rep: null, team: assignee };
  return { rep: ownerForTasks(journey), team: journey.team };
}

/** What these actions come to for a lead that is where `journey` says. */
export function actsOf(
  actions: readonly StepAction[],
  stage: Place,
  journey: Journey,
  values: Readonly<Partial<Record<Variable, string>>>,
  at: Instant,
): readonly Act[] {
  const owner = ownerForTasks(journey);
  const say = (text: string): string =>
    render(text, { ...values, lead: journey.lead, owner: owner ?? 'nobody' });
  return actions.flatMap(({ notify, task, webhook }): Act[] => [
    ...(notify === undefined
      ? []
      : [{ type: 'message', to: recipient(notify.to, owner), text: say(notify.message) } as const]),
    ...(task === undefined
      ? []
      : [
          {
            type: 'task',
            title: say(task.title),
            assignee: task.for,
            until: task.until ?? 'ended',
            stage,
            due: at + parseDuration(task.due),
          } as const,
        ]),
    ...(webhook === undefined ? [] : [{ type: 'webhook', topic: webhook.topic } as const]),
  ]);
}

function recipient(to: 'rep' | 'manager' | Team, owner: string | null): Recipient {
  if (to === 'rep' && owner !== null) return { kind: 'rep', id: owner };
  return to === 'rep' || to === 'manager' ? { kind: 'manager' } : { kind: 'team', team: to };
}
