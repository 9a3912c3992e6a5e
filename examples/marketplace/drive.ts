import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { BatonApi } from '../../src/feed/baton-api.js';
import { feed, type FeedSummary } from '../../src/feed/feed.js';
import { inLanes } from '../../src/feed/lanes.js';
import { toCode } from '../../src/feed/map-row.js';
import { readMapping } from '../../src/feed/mapping.js';
import { AnswerLog, type LogEntry } from './answer-log.js';
import { dealOddities, readDeals } from './deals.js';
import { funnelDifferences, funnelOf, funnelTable, type OriginFunnel } from './own-funnel.js';
import type { PlayedLead } from './next-step.js';
import { Player } from './player.js';
import { must, setUp, teamsOf } from './setup.js';

export interface DriveOptions {
  readonly api: BatonApi;
  /** Folder of the project's examples. */
  readonly examples: string;
  /** Folder with mql.csv and closed_deals.csv. */
  readonly data: string;
  readonly leads: number;
  readonly from?: string | undefined;
  readonly seed: number;
  /** Where the driver's own log goes; null: nowhere. */
  readonly logFile: string | null;
  readonly say: (line: string) => void;
  readonly onProgress?: (resting: number, total: number) => void;
  readonly timeoutMs: number;
}

export interface DriveResult {
  readonly fed: FeedSummary;
  readonly deals: number;
  readonly wins: number;
  readonly commands: number;
  readonly silences: number;
  readonly refused: number;
  readonly seconds: number;
  readonly table: string;
  /** What is not as the driver's log or the data says; empty when all is well. */
  readonly differences: readonly string[];
}

const LANES = 12;
const POLL_MS = 250;
/** No more come in while so many are under way, or the reps would hear of them when their five seconds are over. */
const MOST_MOVING = 40;

/** Feeds a marketplace's leads to an empty Baton, answers as its reps, and compares the funnels at the end. */
export async function drive(options: DriveOptions): Promise<DriveResult> {
  const { api, data, examples, seed, say } = options;
  for (const name of ['mql.csv', 'closed_deals.csv']) {
    if (!existsSync(join(data, name))) throw new Error(`there is no ${name} in ${data}`);
  }
  const deals = await readDeals(join(data, 'closed_deals.csv'));
  const teams = teamsOf(deals.values());
  await setUp(api, join(examples, 'policies', 'marketplace.yaml'), teams);
  say(`Set up ${teams.sdrs.length} SDRs, ${teams.aes.length} account executives and the policy.`);

  const started = Date.now();
  const log = new AnswerLog(options.logFile);
  const player = new Player(api, { seed, ...teams }, log);
  const mappingFile = join(examples, 'marketplace', 'mapping.yaml');
  const feeding = { done: false };
  const fedLeads: PlayedLead[] = [];
  const feedAll = async (): Promise<FeedSummary> => {
    try {
      return await feed({
        api,
        file: join(data, 'mql.csv'),
        mappingFile,
        mapping: readMapping(mappingFile),
        from: options.from,
        limit: options.leads,
        now: () => Date.now(),
        before: () => untilCalm(player),
        onRow: ({ lead, externalId, row, odd, why }, columns) => {
          const deal = deals.get(externalId) ?? null;
          const oddities = [
            ...odd,
            ...(deal === null ? [] : dealOddities(deal, columns['first_contact_date'] ?? '')),
          ];
          if (oddities.some((text) => !text.startsWith('origin') && text !== 'no profile')) {
            say(`row ${row} (${externalId}): odd: ${oddities.join('; ')}`);
          }
          if (lead === null) {
            say(`row ${row} (${externalId}): REFUSED: ${why ?? ''}`);
            return;
          }
          const played = { id: lead, externalId, origin: toCode(columns['origin'] ?? '') || null, deal };
          fedLeads.push(played);
          player.add(played);
        },
      });
    } finally {
      feeding.done = true;
    }
  };
  const [fed] = await Promise.all([feedAll(), playAll(options, player, feeding)]);
  const seconds = Math.round((Date.now() - started) / 1000);
  return { ...(await conclude(api, fedLeads, log.entries)), fed, seconds };
}

async function untilCalm(player: Player): Promise<void> {
  while (player.moving.length >= MOST_MOVING) await wait(50);
}

const leadPage = z.object({
  items: z.array(z.looseObject({ id: z.string(), seq: z.number() })),
  next: z.string().nullable(),
});

/** Looks through the list of leads again and again, and plays whom something has happened to. */
async function playAll(
  options: DriveOptions,
  player: Player,
  feeding: { readonly done: boolean },
): Promise<void> {
  const { api, onProgress, timeoutMs } = options;
  const deadline = Date.now() + timeoutMs;
  const failures: unknown[] = [];
  const running = new Set<Promise<void>>();
  for (;;) {
    const wasFed = feeding.done;
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const path: string = `/v1/leads?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
      const page = leadPage.parse((await must(api, { method: 'GET', path })).body);
      ids.push(...page.items.filter(({ id, seq }) => player.wants(id, seq)).map(({ id }) => id));
      cursor = page.next;
    }
    // The slow ones are not waited for: somebody else's five seconds are running.
    for (const id of ids) {
      const job: Promise<void> = player
        .play(id)
        .catch((error: unknown) => void failures.push(error))
        .finally(() => running.delete(job));
      running.add(job);
      if (running.size >= LANES) await Promise.race(running);
    }
    if (failures.length > 0) throw failures[0];
    const { moving } = player;
    onProgress?.(player.size - moving.length, player.size);
    if (wasFed && moving.length === 0) return;
    if (Date.now() > deadline) {
      const some = moving.slice(0, 5).map(({ id }) => id);
      throw new Error(`${moving.length} leads do not come to rest, such as ${some.join(', ')}`);
    }
    await wait(POLL_MS);
  }
}

const counts = z.record(z.string(), z.number());
const report = z.object({
  rows: z.array(
    z.looseObject({ group: z.string().nullable(), leads: z.number(), reached: counts, now: counts }),
  ),
});
const owned = z.object({
  lead: z.looseObject({ owners: z.object({ sdr: z.string().nullable(), ae: z.string().nullable() }) }),
});

/** Compares Baton's report with the driver's log, and the wins with the data. */
async function conclude(
  api: BatonApi,
  leads: readonly PlayedLead[],
  entries: readonly LogEntry[],
): Promise<Omit<DriveResult, 'fed' | 'seconds'>> {
  const own = funnelOf(entries);
  const { body } = await must(api, { method: 'GET', path: '/v1/reports/funnel?group=source' });
  const reported: OriginFunnel[] = report
    .parse(body)
    .rows.map(({ group, ...row }) => ({ origin: group, ...row }));
  const won = new Set(
    entries.flatMap((entry) => (entry.did === 'command' && entry.command === 'won' ? [entry.lead.id] : [])),
  );
  const deals = leads.flatMap((lead) => (lead.deal === null ? [] : [{ ...lead, deal: lead.deal }]));
  const owners: string[] = [];
  await inLanes(deals, LANES, async ({ id, externalId, deal }) => {
    const { sdr, ae } = owned.parse((await must(api, { method: 'GET', path: `/v1/leads/${id}` })).body).lead
      .owners;
    if (sdr !== deal.sdr || ae !== deal.ae) {
      owners.push(
        `${externalId}: owned by ${sdr ?? 'nobody'} and ${ae ?? 'nobody'}, in the data ${deal.sdr} and ${deal.ae}`,
      );
    }
  });
  const did = (what: LogEntry['did']): number => entries.filter((entry) => entry.did === what).length;
  return {
    deals: deals.length,
    wins: reported.reduce((sum, { now }) => sum + (now['closed_won'] ?? 0), 0),
    commands: did('command'),
    silences: did('silence'),
    refused: did('refused'),
    table: funnelTable(reported),
    differences: [
      ...funnelDifferences(own, reported),
      ...deals
        .filter(({ id }) => !won.has(id))
        .map(({ externalId }) => `${externalId}: a deal in the data, not won here`),
      ...[...won]
        .filter((id) => !deals.some((lead) => lead.id === id))
        .map((id) => `${id}: won here, no deal in the data`),
      ...owners,
    ],
  };
}
