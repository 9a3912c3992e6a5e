import { Controller, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { ChecklistQueries } from '../../leads/checklist-queries.js';
import type { Caller } from '../../access/caller.js';
import type { JournalQueries } from '../../leads/journal-queries.js';
import type { LeadQueries } from '../../leads/lead-queries.js';
import type { ScoreQueries } from '../../leads/score-queries.js';
import type { Tasks } from '../../tasks/tasks.js';
import { numberCursor, page, textCursor } from '../cursor.js';
import { CurrentCaller } from '../current-write.js';
import { Endpoint } from '../endpoint.js';
import { leadReadExamples } from '../examples/lead-read.examples.js';
import { isoOf, isoOrNull } from '../iso.js';
import { checklistAnswer } from '../schemas/checklist.schemas.js';
import { limitOf } from '../schemas/common.js';
import {
  journeyPage,
  leadDetail,
  leadPage,
  leadPath,
  leadQuery,
  pageQuery,
  routingPage,
  scoreAnswer,
  scoreQuery,
} from '../schemas/lead.schemas.js';
import { Service } from '../service.js';
import { taskAnswer, trackAnswer } from '../task-answer.js';

type LeadPath = z.output<typeof leadPath>;
type PageQuery = z.output<typeof pageQuery>;

/** Reading leads: lists, one, its journal, its score, its routing. */
@Controller()
export class LeadsController {
  constructor(
    @Service('leads') private readonly leads: LeadQueries,
    @Service('journal') private readonly journal: JournalQueries,
    @Service('scores') private readonly scores: ScoreQueries,
    @Service('checklists') private readonly checklists: ChecklistQueries,
    @Service('tasks') private readonly tasks: Tasks,
  ) {}

  @Endpoint({
    method: 'get',
    path: '/v1/leads',
    access: 'any_key',
    tag: 'leads',
    summary: 'List leads',
    description: 'In the order of their ids. Filters add up.',
    status: 200,
    answers: leadPage,
    example: { answer: leadReadExamples.page },
  })
  async listLeads(@Query({ schema: leadQuery }) query: z.output<typeof leadQuery>): Promise<object> {
    const limit = limitOf(query);
    const { stage = null, owner = null, pool = null, source = null, bucket = null } = query;
    const after = textCursor(query.cursor);
    const lines = await this.leads.list({ stage, owner, pool, source, bucket, after, limit: limit + 1 });
    const { items, next } = page(lines, limit, ({ id }) => [id]);
    return {
      items: items.map((line) => ({ ...line, capturedAt: isoOf(line.capturedAt), at: isoOf(line.at) })),
      next,
    };
  }

  @Endpoint({
    method: 'get',
    path: '/v1/leads/:id',
    access: 'any_key',
    tag: 'leads',
    summary: 'Get a lead',
    status: 200,
    answers: leadDetail,
    example: { answer: leadReadExamples.detail },
  })
  async getLead(
    @Param({ schema: leadPath }) { id }: LeadPath,
    @CurrentCaller() { actor }: Caller,
  ): Promise<object> {
    const detail = await this.leads.detail(id);
    const { tasks, tracks } = await this.tasks.ofLead(detail.lead.id, actor);
    return {
      ...detail,
      reviews: detail.reviews.map(({ at, resolution, ...review }) => ({
        ...{ ...review, at: isoOf(at) },
        resolution: resolution && { ...resolution, at: isoOf(resolution.at) },
      })),
      capturedAt: isoOf(detail.capturedAt),
      conflicts: detail.conflicts.map(({ field, values }) => ({
        field,
        values: values.map((word) => ({ ...word, recordedAt: isoOf(word.recordedAt) })),
      })),
      tasks: tasks.map(taskAnswer),
      tracks: tracks.map(trackAnswer),
    };
  }

  @Endpoint({
    method: 'get',
    path: '/v1/leads/:id/checklist',
    access: 'any_key',
    tag: 'leads',
    summary: 'Read how far a lead is qualified',
    description: 'What sales found out, what is missing for an SQL, and how urgent the lead is.',
    status: 200,
    answers: checklistAnswer,
    example: { answer: leadReadExamples.checklist },
  })
  async getChecklist(@Param({ schema: leadPath }) { id }: LeadPath): Promise<object> {
    const { at, items, ...checklist } = await this.checklists.checklist(id);
    return {
      ...{ at: isoOf(at), ...checklist },
      items: items.map((item) => ({ ...item, at: isoOrNull(item.at) })),
    };
  }

  @Endpoint({
    method: 'get',
    path: '/v1/leads/:id/journey',
    access: 'any_key',
    tag: 'leads',
    summary: 'Read the journal of a lead',
    description: 'Oldest first.',
    status: 200,
    answers: journeyPage,
    example: { answer: leadReadExamples.journey },
  })
  async getJourney(
    @Param({ schema: leadPath }) { id }: LeadPath,
    @Query({ schema: pageQuery }) query: PageQuery,
  ): Promise<object> {
    const limit = limitOf(query);
    const lines = await this.journal.journey(id, numberCursor(query.cursor) ?? 0, limit + 1);
    const { items, next } = page(lines, limit, ({ row }) => [row.seq]);
    return {
      items: items.map(({ row, hash }) => ({
        seq: row.seq,
        at: isoOf(row.input.at),
        occurred: isoOrNull(row.input.occurred),
        kind: row.input.kind,
        actor: row.input.actor,
        transitions: 'transitions' in row.result ? row.result.transitions : [],
        refusal: 'refusal' in row.result ? row.result.refusal : null,
        suppressed: row.suppressed,
        policy: row.policy,
        hash,
      })),
      next,
    };
  }

  @Endpoint({
    method: 'get',
    path: '/v1/leads/:id/score',
    access: 'any_key',
    tag: 'leads',
    summary: 'Read the score of a lead, why it is so, and its ledger',
    description:
      'It is what the entries that count give under the policy. Entries come newest first; the other parts are the same on each page.',
    status: 200,
    answers: scoreAnswer,
    example: { answer: leadReadExamples.score },
  })
  async getScore(
    @Param({ schema: leadPath }) { id }: LeadPath,
    @Query({ schema: scoreQuery }) query: z.output<typeof scoreQuery>,
  ): Promise<object> {
    const limit = limitOf(query);
    const { at, policy, reading, reasons, lift, entries } = await this.scores.score(id, {
      at: query.at === undefined ? null : Date.parse(query.at),
      as: query.as ?? 'known',
      before: numberCursor(query.cursor),
      limit: limit + 1,
    });
    const { items, next } = page(entries, limit, ({ n }) => [n]);
    return {
      at: isoOf(at),
      policy,
      ...reading,
      lastEventAt: isoOrNull(reading.lastEventAt),
      reasons,
      lift,
      entries: items.map((entry) => ({
        ...entry,
        occurred: isoOf(entry.occurred),
        recorded: isoOf(entry.recorded),
      })),
      next,
    };
  }

  @Endpoint({
    method: 'get',
    path: '/v1/leads/:id/routing',
    access: 'any_key',
    tag: 'leads',
    summary: 'Explain who was given the lead, and why nobody else',
    description:
      'Computed from the snapshot that each decision saw. Oldest first; a page holds the decisions of up to `limit` journal rows.',
    status: 200,
    answers: routingPage,
    example: { answer: leadReadExamples.routing },
  })
  async getRouting(
    @Param({ schema: leadPath }) { id }: LeadPath,
    @Query({ schema: pageQuery }) query: PageQuery,
  ): Promise<object> {
    const limit = limitOf(query);
    const rows = await this.journal.routing(id, numberCursor(query.cursor) ?? 0, limit + 1);
    const { items, next } = page(rows, limit, ({ seq }) => [seq]);
    const decisions = items.flatMap((row) => row.decisions);
    return { items: decisions.map((decision) => ({ ...decision, at: isoOf(decision.at) })), next };
  }
}
