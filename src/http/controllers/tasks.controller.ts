import { Controller, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Caller } from '../../access/caller.js';
import type { Writes } from '../../idempotency/idempotency.js';
import type { Tasks } from '../../tasks/tasks.js';
import { decodeCursor, page } from '../cursor.js';
import { CurrentCaller, CurrentWrite, type Write } from '../current-write.js';
import { Endpoint } from '../endpoint.js';
import { taskExamples as examples } from '../examples/task.examples.js';
import { limitOf } from '../schemas/common.js';
import { task, taskPage, taskPath, taskQuery } from '../schemas/task.schemas.js';
import { Service } from '../service.js';
import { taskAnswer } from '../task-answer.js';

type TaskPath = z.output<typeof taskPath>;

/** What playbooks and tracks give people to do. */
@Controller()
export class TasksController {
  constructor(
    @Service('tasks') private readonly tasks: Tasks,
    @Service('writes') private readonly writes: Writes,
  ) {}

  @Endpoint({
    method: 'get',
    path: '/v1/tasks',
    access: 'any_key',
    tag: 'tasks',
    summary: 'List tasks',
    description:
      'What is due first comes first. Filters add up. A rep sees own tasks and those of sales that are no rep’s.',
    status: 200,
    answers: taskPage,
    example: { answer: { items: [examples.task], next: null } },
  })
  async listTasks(
    @Query({ schema: taskQuery }) query: z.output<typeof taskQuery>,
    @CurrentCaller() { actor }: Caller,
  ): Promise<object> {
    const limit = limitOf(query);
    const { lead = null, owner = null, team = null, status = null, dueBefore } = query;
    const found = await this.tasks.list(
      {
        lead,
        rep: owner,
        team,
        status,
        dueBefore: dueBefore === undefined ? null : Date.parse(dueBefore),
        after: placeOf(query.cursor),
        limit: limit + 1,
      },
      actor,
    );
    const { items, next } = page(found, limit, ({ dueAt, id }) => [dueAt, id]);
    return { items: items.map(taskAnswer), next };
  }

  @Endpoint({
    method: 'get',
    path: '/v1/tasks/:id',
    access: 'any_key',
    tag: 'tasks',
    summary: 'Get a task',
    status: 200,
    answers: task,
    example: { answer: examples.task },
  })
  async getTask(
    @Param({ schema: taskPath }) { id }: TaskPath,
    @CurrentCaller() { actor }: Caller,
  ): Promise<object> {
    return taskAnswer(await this.tasks.get(id, actor));
  }

  @Endpoint({
    method: 'post',
    path: '/v1/tasks/:id/done',
    access: 'any_key',
    tag: 'tasks',
    summary: 'Say that a task is done',
    description:
      'A rep closes own tasks. Twice is no fault; after it was cancelled it is (409 `task_closed`).',
    status: 200,
    answers: task,
    example: { answer: examples.done },
  })
  finishTask(@Param({ schema: taskPath }) { id }: TaskPath, @CurrentWrite() write: Write): Promise<object> {
    return this.close(id, 'done', write);
  }

  @Endpoint({
    method: 'post',
    path: '/v1/tasks/:id/cancel',
    access: 'any_key',
    tag: 'tasks',
    summary: 'Cancel a task',
    description: 'A rep cancels own tasks. Twice is no fault; after it was done it is (409 `task_closed`).',
    status: 200,
    answers: task,
    example: { answer: { ...examples.done, status: 'cancelled' } },
  })
  cancelTask(@Param({ schema: taskPath }) { id }: TaskPath, @CurrentWrite() write: Write): Promise<object> {
    return this.close(id, 'cancelled', write);
  }

  private close(id: string, status: 'done' | 'cancelled', write: Write): Promise<object> {
    return this.writes.run(write, async (tx) =>
      taskAnswer(await this.tasks.finish(tx, id, status, write.actor)),
    );
  }
}

function placeOf(cursor: string | undefined): { readonly dueAt: number; readonly id: string } | null {
  if (cursor === undefined) return null;
  const [dueAt, id] = decodeCursor(cursor, ['number', 'string']);
  return { dueAt: Number(dueAt), id: String(id) };
}
