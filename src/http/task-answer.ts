import type { OpenTrack } from '../playbooks/enrolment-store.js';
import type { Task } from '../tasks/tasks.js';
import { isoOf, isoOrNull } from './iso.js';

/** A task as the API writes it. */
export const taskAnswer = (task: Task): object => ({
  ...task,
  dueAt: isoOf(task.dueAt),
  createdAt: isoOf(task.createdAt),
  finishedAt: isoOrNull(task.finishedAt),
});

export const trackAnswer = (track: OpenTrack): object => ({
  ...track,
  enteredAt: isoOf(track.enteredAt),
  nextAt: isoOrNull(track.nextAt),
});
