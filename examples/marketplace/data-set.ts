import { join } from 'node:path';
import { chosenRows } from '../../src/feed/csv-rows.js';
import { oddities, toCode, toLead } from '../../src/feed/map-row.js';
import { readMapping } from '../../src/feed/mapping.js';
import type { DataSet, Ending } from '../../src/play/data-set.js';
import { requireFiles } from '../../src/play/files.js';
import { invariant, skipped, type Invariant } from '../../src/play/invariants.js';
import { readPolicy } from '../../src/play/policy-file.js';
import { dealOddities, readDeals, type Deal } from './deals.js';
import { funnelDifferences, funnelOf } from './own-funnel.js';
import { nextStep, type MarketplaceLead, type Teams } from './people.js';

export interface MarketplaceOptions {
  /** The project's examples. */
  readonly examples: string;
  /** With mql.csv and closed_deals.csv. */
  readonly folder: string;
  readonly leads: number;
  /** First contact on this day or later. */
  readonly from?: string | undefined;
}

/** The leads of a marketplace, and who won them. @throws Error that names the file, and the column or row */
export async function openMarketplace(options: MarketplaceOptions): Promise<DataSet<MarketplaceLead>> {
  const { examples, folder, from, leads: limit } = options;
  requireFiles(folder, ['mql.csv', 'closed_deals.csv'], 'marketplace');
  const deals = await readDeals(join(folder, 'closed_deals.csv'));
  const teams = teamsOf(deals.values());
  const mappingFile = join(examples, 'marketplace', 'mapping.yaml');
  const mapping = readMapping(mappingFile);
  const leads: MarketplaceLead[] = [];
  for await (const { row } of chosenRows(join(folder, 'mql.csv'), mappingFile, mapping, { from, limit })) {
    const { events, ...body } = toLead(row, mapping, NOW);
    const externalId = (row[mapping.externalId.column] ?? '').trim();
    const deal = deals.get(externalId) ?? null;
    leads.push({
      externalId,
      // What happens "now" is told without a time.
      body: {
        ...body,
        events: events.map(({ occurredAt, ...event }) =>
          occurredAt === NOW ? event : { ...event, occurredAt },
        ),
      },
      timeline: [],
      origin: toCode(row['origin'] ?? '') || null,
      deal,
      odd: [
        ...oddities(row, mapping),
        ...(deal === null ? [] : dealOddities(deal, row['first_contact_date'] ?? '')),
      ],
    });
  }
  return {
    name: 'marketplace',
    source: mapping.externalId.source,
    policy: readPolicy(join(examples, 'policies', 'marketplace.yaml')),
    pools: [
      { id: 'sdr', name: 'Sales development', reps: teams.sdrs.map(toRep) },
      { id: 'ae', name: 'Account executives', reps: teams.aes.map(toRep) },
    ],
    leads,
    linger: 0,
    speed: 1,
    rate: 10,
    // Or the reps would hear of a lead when their five seconds are over.
    mostMoving: 40,
    nextStep: (lead, scene) => nextStep(lead, scene, teams),
    check: (end) => check(leads, end),
  };
}

const NOW = '';

const toRep = (id: string) => ({ id, name: id.slice(0, 12), cap: null });

const teamsOf = (deals: Iterable<Deal>): Teams => {
  const all = [...deals];
  return {
    sdrs: [...new Set(all.map(({ sdr }) => sdr))].sort(),
    aes: [...new Set(all.map(({ ae }) => ae))].sort(),
  };
};

/** The wins are the data's, with its owners; and the funnel is what the play itself was told. */
function check(leads: readonly MarketplaceLead[], end: Ending): readonly Invariant[] {
  const { log, views, funnel } = end;
  const violations = leads.flatMap(({ externalId, deal }) => {
    const view = views.get(externalId);
    if (view === undefined) return [];
    const won = view.stage === 'closed_won';
    if (deal === null) return won ? [`${externalId}: won, no deal in the data`] : [];
    const { sdr, ae } = view.owners;
    return [
      ...(won ? [] : [`${externalId}: a deal in the data, ${view.stage} here`]),
      ...(sdr === deal.sdr && ae === deal.ae
        ? []
        : [
            `${externalId}: owned by ${sdr ?? 'nobody'} and ${ae ?? 'nobody'}, not ${deal.sdr} and ${deal.ae}`,
          ]),
    ];
  });
  const origins = new Map(leads.map(({ externalId, origin }) => [externalId, origin]));
  const OWN = 'the funnel report equals what the play itself was answered';
  const why = whyIncomparable(end);
  return [
    invariant("the deals of the data are won, by the data's people, and no others", leads.length, violations),
    why === null && funnel !== null
      ? invariant(OWN, funnel.length, funnelDifferences(funnelOf(log, origins), funnel))
      : skipped(OWN, why ?? ''),
  ];
}

function whyIncomparable({ speed, resumed, funnel }: Ending): string | null {
  if (speed > 1) return 'at this speed clocks move leads that nobody looks at';
  if (resumed) return 'an earlier play began with these leads';
  return funnel === null ? 'this Baton holds leads of others, or leads went on moving' : null;
}
