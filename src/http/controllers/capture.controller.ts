import { Body, Controller, Param } from '@nestjs/common';
import type { z } from 'zod';
import type { Writes } from '../../idempotency/idempotency.js';
import type { Ingest, LeadCapture } from '../../leads/ingest.types.js';
import type { LeadQueries } from '../../leads/lead-queries.js';
import { ingestError, toCapture } from '../capture.js';
import { CurrentWrite, type Write } from '../current-write.js';
import { Endpoint } from '../endpoint.js';
import { endpointExamples } from '../examples/lead.examples.js';
import { capturedLead, leadChange, newLead } from '../schemas/capture.schemas.js';
import { leadPath } from '../schemas/lead.schemas.js';
import { Service } from '../service.js';

/** Leads come in. */
@Controller()
export class CaptureController {
  constructor(
    @Service('ingest') private readonly ingest: Ingest,
    @Service('leads') private readonly leads: LeadQueries,
    @Service('writes') private readonly writes: Writes,
  ) {}

  @Endpoint({
    method: 'post',
    path: '/v1/leads',
    access: 'admin',
    tag: 'leads',
    summary: 'Create or update a lead',
    description: 'A lead that one of the keys names is updated: absent properties stay, null empties.',
    status: 200,
    answers: capturedLead,
    example: { body: endpointExamples.newLead, answer: endpointExamples.capturedLead },
  })
  createLead(
    @Body({ schema: newLead }) body: z.output<typeof newLead>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    return this.writes.around(write, () => this.capture(toCapture(body), write));
  }

  @Endpoint({
    method: 'patch',
    path: '/v1/leads/:id',
    access: 'admin',
    tag: 'leads',
    summary: 'Update a lead',
    status: 200,
    answers: capturedLead,
    example: {
      body: { title: 'Head of Engines', fields: { employees: 120 } },
      answer: { ...endpointExamples.capturedLead, status: 'updated' },
    },
  })
  async changeLead(
    @Param({ schema: leadPath }) { id: ref }: z.output<typeof leadPath>,
    @Body({ schema: leadChange }) body: z.output<typeof leadChange>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    const { lead } = await this.leads.detail(ref);
    const resolved = { ...write, path: `/v1/leads/${lead.id}` };
    return this.writes.around(resolved, () => this.capture(toCapture(body, lead.id), write));
  }

  private async capture(capture: LeadCapture, write: Write): Promise<z.output<typeof capturedLead>> {
    const [result] = await this.ingest.captureLeads([capture], write.actor);
    if (result === undefined) throw new Error('ingest has said nothing about a lead');
    if (result.status === 'fault') throw ingestError(result.fault);
    const { lead } = await this.leads.detail(result.leadId);
    const status = result.status === 'created' ? 'created' : 'updated';
    return { id: lead.id, status, stage: lead.stage, situation: lead.situation };
  }
}
