import { z } from 'zod';
import type { BatonApi } from '../feed/baton-api.js';
import { must } from './must.js';

/** A lead as the list shows it. */
export interface LeadLine {
  readonly id: string;
  readonly seq: number;
  readonly stage: string;
  readonly source: string | null;
}

const line = z.looseObject({
  id: z.string(),
  seq: z.number(),
  stage: z.string(),
  source: z.string().nullable(),
});
const page = z.object({ items: z.array(line), next: z.string().nullable() });

/** All leads, or those in a stage, page by page. */
export async function* leadLines(api: BatonApi, stage: string | null): AsyncGenerator<LeadLine> {
  const filter = stage === null ? '' : `&stage=${stage}`;
  let cursor: string | null = null;
  do {
    const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await must(api, { method: 'GET', path: `/v1/leads?limit=200${filter}${from}` });
    const { items, next } = page.parse(answer.body);
    yield* items;
    cursor = next;
  } while (cursor !== null);
}
