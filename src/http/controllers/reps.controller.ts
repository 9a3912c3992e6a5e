import { Body, Controller, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Writes } from '../../idempotency/idempotency.js';
import type { Reps } from '../../reps/reps.js';
import { page, textCursor } from '../cursor.js';
import { CurrentWrite, type Write } from '../current-write.js';
import { Endpoint } from '../endpoint.js';
import { operationExamples as examples } from '../examples/operation.examples.js';
import { limitOf } from '../schemas/common.js';
import { newRep, rep, repChange, repPage, repPath, repQuery } from '../schemas/rep.schemas.js';
import { Service } from '../service.js';

type RepPath = z.output<typeof repPath>;

/** The people who take leads. */
@Controller()
export class RepsController {
  constructor(
    @Service('reps') private readonly reps: Reps,
    @Service('writes') private readonly writes: Writes,
  ) {}

  @Endpoint({
    method: 'get',
    path: '/v1/reps',
    access: 'any_key',
    tag: 'reps',
    summary: 'List reps',
    status: 200,
    answers: repPage,
    example: { answer: { items: [examples.rep], next: null } },
  })
  async listReps(@Query({ schema: repQuery }) query: z.output<typeof repQuery>): Promise<object> {
    const limit = limitOf(query);
    const after = textCursor(query.cursor);
    const reps = await this.reps.list({ pool: query.pool ?? null, after, limit: limit + 1 });
    return page(reps, limit, ({ id }) => [id]);
  }

  @Endpoint({
    method: 'get',
    path: '/v1/reps/:id',
    access: 'any_key',
    tag: 'reps',
    summary: 'Get a rep',
    status: 200,
    answers: rep,
    example: { answer: examples.rep },
  })
  getRep(@Param({ schema: repPath }) { id }: RepPath): Promise<object> {
    return this.reps.get(id);
  }

  @Endpoint({
    method: 'post',
    path: '/v1/reps',
    access: 'admin',
    tag: 'reps',
    summary: 'Add a rep',
    status: 201,
    answers: rep,
    example: { body: examples.newRep, answer: examples.rep },
  })
  createRep(
    @Body({ schema: newRep }) body: z.output<typeof newRep>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    return this.writes.run(write, (tx) => this.reps.create(tx, body, write.actor));
  }

  @Endpoint({
    method: 'patch',
    path: '/v1/reps/:id',
    access: 'admin',
    tag: 'reps',
    summary: 'Change a rep',
    description: 'A raised cap, and a rep who becomes active, wake the pools that wait for somebody.',
    status: 200,
    answers: rep,
    example: { body: { cap: 30 }, answer: { ...examples.rep, cap: 30, version: 2 } },
  })
  changeRep(
    @Param({ schema: repPath }) { id }: RepPath,
    @Body({ schema: repChange }) body: z.output<typeof repChange>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    return this.writes.run(write, (tx) => this.reps.change(tx, id, body, write.actor));
  }

  @Endpoint({
    method: 'post',
    path: '/v1/reps/:id/pause',
    access: 'admin',
    tag: 'reps',
    summary: 'Pause a rep',
    description: 'No new leads; those that the rep has stay.',
    status: 200,
    answers: rep,
    example: { answer: { ...examples.rep, paused: true, version: 2 } },
  })
  pauseRep(@Param({ schema: repPath }) { id }: RepPath, @CurrentWrite() write: Write): Promise<object> {
    return this.writes.run(write, (tx) => this.reps.change(tx, id, { paused: true }, write.actor));
  }

  @Endpoint({
    method: 'post',
    path: '/v1/reps/:id/resume',
    access: 'admin',
    tag: 'reps',
    summary: 'Let a paused rep take leads again',
    description: 'Leads that wait are offered at once; there is no catching up on missed turns.',
    status: 200,
    answers: rep,
    example: { answer: { ...examples.rep, version: 3 } },
  })
  resumeRep(@Param({ schema: repPath }) { id }: RepPath, @CurrentWrite() write: Write): Promise<object> {
    return this.writes.run(write, (tx) => this.reps.change(tx, id, { paused: false }, write.actor));
  }
}
