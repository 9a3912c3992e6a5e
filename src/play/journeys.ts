import { z } from 'zod';
import type { LeadView } from '../domain/journey/apply.types.js';
import type { Transition } from '../domain/journey/transitions.js';
import type { BatonApi } from '../feed/baton-api.js';
import { inLanes } from '../feed/lanes.js';
import { leadView } from '../http/schemas/lead.schemas.js';
import type { FunnelBySource } from './data-set.js';
import { leadLines, type LeadLine } from './lead-list.js';
import { must } from './must.js';

/** A row of a lead's journal, as the API shows it. */
export interface JourneyRow {
  readonly seq: number;
  /** When it was decided. */
  readonly at: number;
  readonly kind: string;
  /** The rep as whom it was done; null for everybody else. */
  readonly rep: string | null;
  readonly transitions: readonly Transition[];
  readonly refusal: string | null;
}

export interface PlayedJourney {
  readonly view: LeadView;
  readonly rows: readonly JourneyRow[];
}

/** Everything that Baton has, at one instant. */
export interface Picture {
  /** By external id. */
  readonly journeys: ReadonlyMap<string, PlayedJourney>;
  readonly lines: readonly LeadLine[];
  readonly funnel: readonly FunnelBySource[];
  /** Whether nothing moved while it was taken. */
  readonly still: boolean;
}

const counts = z.record(z.string(), z.number());
const report = z.object({
  rows: z.array(
    z.looseObject({ group: z.string().nullable(), leads: z.number(), reached: counts, now: counts }),
  ),
});
const detail = z.looseObject({ lead: leadView });
const transition = z.custom<Transition>((value) => typeof value === 'object' && value !== null);
const page = z.object({
  items: z.array(
    z.looseObject({
      seq: z.number(),
      at: z.string(),
      kind: z.string(),
      actor: z.object({ kind: z.string(), id: z.string().nullable(), onBehalfOf: z.string().nullable() }),
      transitions: z.array(transition),
      refusal: z.string().nullable(),
    }),
  ),
  next: z.string().nullable(),
});

const ATTEMPTS = 8;

/**
 * Reads the journeys of these leads, the list of all leads, and the funnel. Clocks go on running meanwhile:
 * what has moved is read again until nothing has, or it has moved too often.
 */
export async function takePicture(
  api: BatonApi,
  source: string,
  externalIds: readonly string[],
  lanes: number,
): Promise<Picture> {
  const journeys = new Map<string, PlayedJourney>();
  let wanted: readonly string[] = externalIds;
  for (let attempt = 1; ; attempt++) {
    await inLanes(wanted, lanes, async (externalId) => {
      journeys.set(externalId, await readJourney(api, source, externalId));
    });
    const funnel = await readFunnel(api);
    const lines: LeadLine[] = [];
    for await (const line of leadLines(api, null)) lines.push(line);
    const seqs = new Map(lines.map(({ id, seq }) => [id, seq]));
    wanted = [...journeys].flatMap(([externalId, { view }]) =>
      seqs.get(view.id) === view.seq ? [] : [externalId],
    );
    if (wanted.length === 0 || attempt === ATTEMPTS) {
      return { journeys, lines, funnel, still: wanted.length === 0 };
    }
  }
}

async function readFunnel(api: BatonApi): Promise<readonly FunnelBySource[]> {
  const { body } = await must(api, { method: 'GET', path: '/v1/reports/funnel?group=source' });
  return report.parse(body).rows.map(({ group, ...row }) => ({ source: group, ...row }));
}

/** Where the lead stands, and its journal up to there. */
async function readJourney(api: BatonApi, source: string, externalId: string): Promise<PlayedJourney> {
  const ref = encodeURIComponent(`external:${source}:${externalId}`);
  const { body } = await must(api, { method: 'GET', path: `/v1/leads/${ref}` });
  const view = detail.parse(body).lead;
  const rows: JourneyRow[] = [];
  let cursor: string | null = null;
  do {
    const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await must(api, { method: 'GET', path: `/v1/leads/${ref}/journey?limit=200${from}` });
    const { items, next } = page.parse(answer.body);
    for (const { seq, at, kind, actor, transitions, refusal } of items) {
      const rep = actor.onBehalfOf ?? (actor.kind === 'rep' ? actor.id : null);
      rows.push({ seq, at: Date.parse(at), kind, rep, transitions, refusal });
    }
    cursor = next;
  } while (cursor !== null);
  return { view, rows: rows.filter(({ seq }) => seq <= view.seq) };
}
