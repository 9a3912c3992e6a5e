import { Body, Controller, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Writes } from '../../idempotency/idempotency.js';
import type { Enrichment } from '../../leads/enrichment.js';
import type { LeadQueries } from '../../leads/lead-queries.js';
import { ingestError } from '../capture.js';
import { CurrentWrite, type Write } from '../current-write.js';
import { Endpoint } from '../endpoint.js';
import { enrichmentExamples } from '../examples/enrichment.examples.js';
import { isoOf } from '../iso.js';
import {
  newFacts,
  nextQuestionsAnswer,
  questionsQuery,
  recordedFacts,
} from '../schemas/enrichment.schemas.js';
import { leadPath } from '../schemas/lead.schemas.js';
import { Service } from '../service.js';

type LeadPath = z.output<typeof leadPath>;

/** What others say of a lead, and what to ask it. */
@Controller()
export class EnrichmentController {
  constructor(
    @Service('enrichment') private readonly enrichment: Enrichment,
    @Service('leads') private readonly leads: LeadQueries,
    @Service('writes') private readonly writes: Writes,
  ) {}

  @Endpoint({
    method: 'post',
    path: '/v1/leads/:id/enrichment',
    access: 'admin',
    tag: 'leads',
    summary: 'Record what a source says of a lead',
    description:
      'Its values are kept beside those of other sources; the policy says which count. A repeat of source and id is a no-op. In batches: events of the kind `enrichment`, whose properties are the fields.',
    status: 200,
    answers: recordedFacts,
    example: { body: enrichmentExamples.newFacts, answer: enrichmentExamples.recordedFacts },
  })
  async recordFacts(
    @Param({ schema: leadPath }) { id: ref }: LeadPath,
    @Body({ schema: newFacts }) body: z.output<typeof newFacts>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    const { lead } = await this.leads.detail(ref);
    const resolved = { ...write, path: `/v1/leads/${lead.id}/enrichment` };
    return this.writes.around(resolved, async () => {
      const { occurredAt, ...facts } = body;
      const at = occurredAt === undefined ? {} : { occurredAt: Date.parse(occurredAt) };
      const result = await this.enrichment.record(lead.id, { ...facts, ...at }, write.actor);
      if (result.status === 'fault') throw ingestError(result.fault);
      return { lead: result.leadId, status: result.status === 'duplicate' ? 'duplicate' : 'recorded' };
    });
  }

  @Endpoint({
    method: 'get',
    path: '/v1/leads/:id/next-questions',
    access: 'any_key',
    tag: 'leads',
    summary: 'Read what to ask a lead for next',
    description:
      'Fields that are unknown: those of must-haves first, then from the least sensitive on; possibly none.',
    status: 200,
    answers: nextQuestionsAnswer,
    example: { answer: enrichmentExamples.nextQuestions },
  })
  async getNextQuestions(
    @Param({ schema: leadPath }) { id }: LeadPath,
    @Query({ schema: questionsQuery }) { asset }: z.output<typeof questionsQuery>,
  ): Promise<object> {
    const { at, ...asked } = await this.enrichment.nextQuestions(id, asset ?? null);
    return { at: isoOf(at), ...asked };
  }
}
