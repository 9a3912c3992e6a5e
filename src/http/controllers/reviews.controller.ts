import { Body, Controller, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Writes } from '../../idempotency/idempotency.js';
import type { Reviews } from '../../policies/reviews.js';
import { numberCursor, page } from '../cursor.js';
import { CurrentWrite, type Write } from '../current-write.js';
import { Endpoint } from '../endpoint.js';
import { policyExamples as examples } from '../examples/policy.examples.js';
import { limitOf } from '../schemas/common.js';
import { newReview, policyQuery, review, reviewPage } from '../schemas/policy.schemas.js';
import { Service } from '../service.js';

/** Joint reviews of the agreement. */
@Controller()
export class ReviewsController {
  constructor(
    @Service('reviews') private readonly reviews: Reviews,
    @Service('writes') private readonly writes: Writes,
  ) {}

  @Endpoint({
    method: 'get',
    path: '/v1/reviews',
    access: 'any_key',
    tag: 'policies',
    summary: 'List joint reviews',
    description: 'Newest first, with the date of the next one.',
    status: 200,
    answers: reviewPage,
    example: {
      answer: {
        items: [examples.review],
        next: null,
        every: '4 weeks',
        nextDue: '2026-01-29T10:00:00.000Z',
        overdue: false,
      },
    },
  })
  async listReviews(@Query({ schema: policyQuery }) query: z.output<typeof policyQuery>): Promise<object> {
    const limit = limitOf(query);
    const found = await this.reviews.list(numberCursor(query.cursor), limit + 1);
    const { items, next } = page(found, limit, ({ n }) => [n]);
    return { items: items.map(({ n: _, ...one }) => one), next, ...(await this.reviews.schedule()) };
  }

  @Endpoint({
    method: 'post',
    path: '/v1/reviews',
    access: 'agreement',
    tag: 'policies',
    summary: 'Record a joint review',
    description: 'Also one that changes nothing.',
    status: 201,
    answers: review,
    example: { body: examples.newReview, answer: examples.review },
  })
  recordReview(
    @Body({ schema: newReview }) body: z.output<typeof newReview>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    const { role, actor } = write.caller;
    return this.writes.run(write, (tx) => this.reviews.record(tx, body, { role, id: actor.id }));
  }
}
