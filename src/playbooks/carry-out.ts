import type { PendingWrites } from '../db/pending-writes.js';
import { DELIVERY, TASK } from '../db/tables.js';
import type { Journey } from '../domain/journey/journey.js';
import type { Recipient } from '../domain/journey/transitions.js';
import { assigned, type Act } from '../domain/playbooks/acts.js';
import type { Instant } from '../domain/time.js';

/** What an act comes from: an effect of a row, or an action of a step of the track that the row `seq` entered. */
export interface Cause {
  readonly kind: 'playbook' | 'track';
  readonly id: string;
  readonly seq: number;
  /** Of an effect its index, of a step 0. */
  readonly i: number;
  /** Of a step what makes it unique for that row, else empty. */
  readonly part: string;
  /** Number of the step from 1; null for an effect. */
  readonly step: number | null;
}

/** Writes what an act comes to; `journey` says who owns the lead now. */
export function carryOut(writes: PendingWrites, act: Act, cause: Cause, journey: Journey, at: Instant): void {
  const { kind, id, seq, i, part, step } = cause;
  const place = { lead_id: journey.lead, seq, i, part };
  if (act.type === 'task') {
    const { title, assignee, until, stage, due } = act;
    const { rep, team } = assigned(assignee, journey);
    writes.insert(TASK, {
      ...place,
      playbook: kind === 'playbook' ? id : null,
      track: kind === 'track' ? id : null,
      title,
      assignee,
      rep_id: rep,
      team,
      cancel_on: until,
      stage,
      due_at: due,
      created_at: at,
    });
    return;
  }
  const message = act.type === 'message';
  writes.insert(DELIVERY, {
    ...place,
    about: kind,
    rule: id,
    step,
    topic: message ? null : act.topic,
    text: message ? act.text : null,
    recipient_kind: message ? act.to.kind : 'systems',
    recipient: message ? nameOf(act.to) : null,
    created_at: at,
  });
}

/** A rep's id or a team; null for the manager, of whom there is one. */
export const nameOf = (to: Recipient): string | null =>
  to.kind === 'rep' ? to.id : to.kind === 'team' ? to.team : null;
