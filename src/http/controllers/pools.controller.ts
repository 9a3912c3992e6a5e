import { Body, Controller, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Writes } from '../../idempotency/idempotency.js';
import type { QueuePlace } from '../../pools/pool-views.js';
import type { Pools } from '../../pools/pools.js';
import { decodeCursor, page, textCursor } from '../cursor.js';
import { CurrentWrite, type Write } from '../current-write.js';
import { Endpoint } from '../endpoint.js';
import { operationExamples as examples } from '../examples/operation.examples.js';
import { isoOf } from '../iso.js';
import { limitOf } from '../schemas/common.js';
import {
  newPool,
  pool,
  poolChange,
  poolMembers,
  poolPage,
  poolPath,
  poolQuery,
  queuePage,
} from '../schemas/pool.schemas.js';
import { Service } from '../service.js';

type PoolPath = z.output<typeof poolPath>;
type PoolQuery = z.output<typeof poolQuery>;

/** The groups of reps among whom leads are spread. */
@Controller()
export class PoolsController {
  constructor(
    @Service('pools') private readonly pools: Pools,
    @Service('writes') private readonly writes: Writes,
  ) {}

  @Endpoint({
    method: 'get',
    path: '/v1/pools',
    access: 'any_key',
    tag: 'pools',
    summary: 'List pools',
    status: 200,
    answers: poolPage,
    example: { answer: { items: [examples.pool], next: null } },
  })
  async listPools(@Query({ schema: poolQuery }) query: PoolQuery): Promise<object> {
    const limit = limitOf(query);
    return page(await this.pools.list(textCursor(query.cursor), limit + 1), limit, ({ id }) => [id]);
  }

  @Endpoint({
    method: 'get',
    path: '/v1/pools/:id',
    access: 'any_key',
    tag: 'pools',
    summary: 'Get a pool',
    status: 200,
    answers: pool,
    example: { answer: examples.pool },
  })
  getPool(@Param({ schema: poolPath }) { id }: PoolPath): Promise<object> {
    return this.pools.get(id);
  }

  @Endpoint({
    method: 'get',
    path: '/v1/pools/:id/queue',
    access: 'any_key',
    tag: 'pools',
    summary: 'See which leads wait for somebody',
    description: 'In the order in which they are offered.',
    status: 200,
    answers: queuePage,
    example: { answer: examples.queue },
  })
  async getQueue(
    @Param({ schema: poolPath }) { id }: PoolPath,
    @Query({ schema: poolQuery }) query: PoolQuery,
  ): Promise<object> {
    const limit = limitOf(query);
    const waiting = await this.pools.queue(id, queueCursor(query.cursor), limit + 1);
    const { items, next } = page(waiting, limit, ({ rank, since, lead }) => [rank, since, lead]);
    return {
      items: items.map(({ lead, rank, since, excluded }) => ({
        lead,
        handRaiser: rank === 0,
        since: isoOf(since),
        excluded,
      })),
      next,
    };
  }

  @Endpoint({
    method: 'post',
    path: '/v1/pools',
    access: 'admin',
    tag: 'pools',
    summary: 'Add a pool',
    status: 201,
    answers: pool,
    example: { body: examples.newPool, answer: examples.pool },
  })
  createPool(
    @Body({ schema: newPool }) body: z.output<typeof newPool>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    return this.writes.run(write, (tx) => this.pools.create(tx, body, write.actor));
  }

  @Endpoint({
    method: 'patch',
    path: '/v1/pools/:id',
    access: 'admin',
    tag: 'pools',
    summary: 'Rename a pool',
    status: 200,
    answers: pool,
    example: { body: { name: 'Inbound' }, answer: { ...examples.pool, name: 'Inbound', version: 2 } },
  })
  changePool(
    @Param({ schema: poolPath }) { id }: PoolPath,
    @Body({ schema: poolChange }) { name }: z.output<typeof poolChange>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    return this.writes.run(write, (tx) =>
      name === undefined ? this.pools.get(id, tx) : this.pools.rename(tx, id, name),
    );
  }

  @Endpoint({
    method: 'put',
    path: '/v1/pools/:id/members',
    access: 'admin',
    tag: 'pools',
    summary: 'Say who is in a pool, and with which weight',
    description: 'Who is new joins at the lowest rotation position; who stays keeps the own one.',
    status: 200,
    answers: pool,
    example: { body: { members: [{ rep: 'rep-12', weight: 2 }] }, answer: { ...examples.pool, version: 2 } },
  })
  replaceMembers(
    @Param({ schema: poolPath }) { id }: PoolPath,
    @Body({ schema: poolMembers }) { members }: z.output<typeof poolMembers>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    return this.writes.run(write, (tx) => this.pools.replaceMembers(tx, id, members, write.actor));
  }
}

function queueCursor(cursor: string | undefined): QueuePlace | null {
  if (cursor === undefined) return null;
  const [rank, since, lead] = decodeCursor(cursor, ['number', 'number', 'string']);
  return [Number(rank), Number(since), String(lead)];
}
