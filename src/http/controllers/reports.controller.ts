import { Controller, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Reports } from '../../reports/funnel.js';
import { Endpoint } from '../endpoint.js';
import { funnelAnswer, funnelQuery } from '../schemas/report.schemas.js';
import { Service } from '../service.js';

const DEFINITIONS = {
  group:
    'The original source (or campaign) of a lead: where it first came from; or the month of its first contact in ' +
    'the business. Null: it has none, or nobody knows.',
  leads: 'Leads of the group that were ever captured.',
  reached:
    'Leads that were ever in a stage, each counted once, however often they entered it or left it again.',
  now: 'Leads that are in a stage now; they add up to `leads`.',
};

const exampleCounts = (inquiry: number, mql: number, sal: number): Record<string, number> => ({
  inquiry,
  mql,
  sal,
  sql: 0,
  opportunity: 0,
  closed_won: 0,
  closed_lost: 0,
  nurture: 0,
  review: 0,
  disqualified: 0,
  merged: 0,
});
const exampleRow = {
  group: 'organic_search',
  leads: 10,
  reached: exampleCounts(10, 4, 2),
  now: exampleCounts(6, 2, 2),
};

/** Closed loop. */
@Controller()
export class ReportsController {
  constructor(@Service('reports') private readonly reports: Reports) {}

  @Endpoint({
    method: 'get',
    path: '/v1/reports/funnel',
    access: 'any_key',
    tag: 'reports',
    summary: 'How far the leads of each source or month came',
    status: 200,
    answers: funnelAnswer,
    example: {
      answer: {
        group: 'source',
        definitions: DEFINITIONS,
        rows: [exampleRow],
        total: { ...exampleRow, group: null },
      },
    },
  })
  async getFunnel(@Query({ schema: funnelQuery }) query: z.output<typeof funnelQuery>): Promise<object> {
    const { by, rows, total } = await this.reports.funnel(query.group ?? 'source', query.timeZone);
    return { group: by, definitions: DEFINITIONS, rows, total };
  }
}
