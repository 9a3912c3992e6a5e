import { choose, draw, hexId } from '../../src/play/draw.js';

export interface GeneratedMarketplace {
  /** CSV: mql_id, first_contact_date, landing_page_id, origin. */
  readonly mql: string;
  /** CSV: the deals among them, with who qualified and who closed them. */
  readonly deals: string;
}

const MQL_HEADER = 'mql_id,first_contact_date,landing_page_id,origin';
const DEAL_HEADER =
  'mql_id,seller_id,sdr_id,sr_id,won_date,business_segment,lead_type,lead_behaviour_profile,has_company,has_gtin,' +
  'average_stock,business_type,declared_product_catalog_size,declared_monthly_revenue';

/** How often each origin occurs, and what share of its leads is won. Some have no origin at all. */
const ORIGINS: readonly (readonly [origin: string, weight: number, won: number])[] = [
  ['organic search', 300, 0.12],
  ['paid search', 196, 0.12],
  ['unknown', 146, 0.16],
  ['social', 141, 0.06],
  ['email', 65, 0.03],
  ['direct traffic', 65, 0.11],
  ['referral', 35, 0.08],
  ['other', 21, 0.03],
  ['display', 16, 0.05],
  ['other publicities', 8, 0.05],
  ['', 7, 0.1],
];
/** Some profiles are two in one. */
const TWO_PROFILES = '"cat, wolf"';
const PROFILES: readonly (readonly [string, number])[] = [
  ['cat', 215],
  ['', 175],
  ['wolf', 63],
  ['eagle', 54],
  ['shark', 13],
  [TWO_PROFILES, 5],
  ['"eagle, cat"', 3],
];
const SEGMENTS = ['home decor', 'health beauty', 'pet', 'computers', 'toys', 'watches'] as const;
const TYPES: readonly (readonly [string, number])[] = [
  ['online medium', 213],
  ['online big', 79],
  ['industry', 76],
  ['offline', 64],
  ['', 4],
];

const DAY_MS = 86_400_000;
const FIRST_DAY = Date.UTC(2018, 0, 1);
const LEADS_A_DAY = 33;
const SDRS = 30;
const SALES_REPS = 22;
const LANDING_PAGES = 60;
/** Of the first leads every so many-th is a deal. */
const ALWAYS_WON = 8;

/**
 * Makes up leads and deals with the oddities of real ones: empty and unknown origins, profiles such as
 * `cat, wolf`, a deal won two days before its first contact. The same seed gives the same files.
 */
export function generateMarketplace({ leads, seed }: { leads: number; seed: number }): GeneratedMarketplace {
  const mql = [MQL_HEADER];
  const deals = [DEAL_HEADER];
  for (let i = 0; i < leads; i++) {
    const id = hexId(seed, 'lead', i);
    const contact = FIRST_DAY + Math.floor(i / LEADS_A_DAY) * DAY_MS;
    const page = hexId(seed, 'page', Math.floor(draw(seed, 'page', i) ** 2 * LANDING_PAGES));
    const [origin, , won] = choose(
      ORIGINS.map((entry) => [entry, entry[1]]),
      draw(seed, 'origin', i),
    );
    mql.push([id, dateOf(contact), page, origin].join(','));
    // However few leads: there are some deals.
    if ((i % ALWAYS_WON === 0 && i < 4 * ALWAYS_WON) || draw(seed, 'won', i) < won)
      deals.push(dealOf(seed, i, id, contact));
  }
  // Real files are in no order.
  const shuffled = mql.slice(1).sort((a, b) => (hexId(seed, 'order', a) < hexId(seed, 'order', b) ? -1 : 1));
  return { mql: toFile([MQL_HEADER, ...shuffled]), deals: toFile(earlyDeal(deals, mql)) };
}

function dealOf(seed: number, i: number, id: string, contact: number): string {
  const won = contact + Math.floor((1 + draw(seed, 'days', i) * 60) * DAY_MS);
  const part = (what: string, n: number): string => hexId(seed, what, Math.floor(draw(seed, what, i) * n));
  return [
    id,
    hexId(seed, 'seller', i),
    part('sdr', SDRS),
    part('sales rep', SALES_REPS),
    timestampOf(won),
    SEGMENTS[Math.floor(draw(seed, 'segment', i) * SEGMENTS.length)],
    choose(TYPES, draw(seed, 'type', i)),
    // The second deal has it however few there are.
    i === ALWAYS_WON ? TWO_PROFILES : choose(PROFILES, draw(seed, 'profile', i)),
    ...['', '', ''],
    draw(seed, 'business', i) < 0.7 ? 'reseller' : 'manufacturer',
    ...['', '0.0'],
  ].join(',');
}

/** The first deal is won two days before its first contact. */
function earlyDeal(deals: readonly string[], mql: readonly string[]): readonly string[] {
  const [header = '', first, ...others] = deals;
  if (first === undefined) return deals;
  const columns = first.split(',');
  const contact = mql.find((line) => line.startsWith(columns[0] ?? ''))?.split(',')[1] ?? '';
  columns[4] = timestampOf(Date.parse(`${contact}T19:38:55Z`) - 2 * DAY_MS);
  return [header, columns.join(','), ...others];
}

const toFile = (lines: readonly string[]): string => `${lines.join('\n')}\n`;
const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const timestampOf = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');
