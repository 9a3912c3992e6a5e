import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { generateMarketplace } from '../../examples/marketplace/generate.js';
import { projectRoot } from '../../src/embedded/project-root.js';

/** Real leads, which are no part of the project. */
const OLIST = join(resolve(projectRoot(), process.env['BATON_DATA'] ?? '../shared/data'), 'olist');

export interface Marketplace {
  readonly mql: string;
  readonly deals: string;
}

/** Null where the real leads are not. */
export function realMarketplace(): Marketplace | null {
  if (!existsSync(join(OLIST, 'mql.csv'))) return null;
  const read = (name: string): string => readFileSync(join(OLIST, name), 'utf8');
  return { mql: read('mql.csv'), deals: read('closed_deals.csv') };
}

export const madeUpMarketplace = (leads: number): Marketplace => generateMarketplace({ leads, seed: 11 });

export const whyNoReal = `skipped, they are not in ${OLIST} (BATON_DATA)`;

type Row = Readonly<Record<string, string>>;

/** What the files say, counted without anything of ours. */
export function countedByHand({ mql, deals }: Marketplace) {
  const rows = (text: string): Row[] => parse<Row>(text, { columns: true, bom: true });
  const [leads, won] = [rows(mql), rows(deals)];
  const contact = new Map(leads.map((row) => [row['mql_id'] ?? '', row['first_contact_date'] ?? '']));
  const wonIds = new Set(won.map((row) => row['mql_id']));
  const tally = (keyOf: (row: Row) => string) => {
    const counts = new Map<string, { inquiry: number; won: number }>();
    for (const row of leads) {
      const key = keyOf(row);
      const { inquiry, won: wins } = counts.get(key) ?? { inquiry: 0, won: 0 };
      counts.set(key, { inquiry: inquiry + 1, won: wins + (wonIds.has(row['mql_id']) ? 1 : 0) });
    }
    return Object.fromEntries(counts);
  };
  const places = (all: readonly Row[], test: (row: Row) => boolean): number[] =>
    all.flatMap((row, i) => (test(row) ? [i + 1] : []));
  return {
    leads: leads.length,
    deals: won.map((row) => ({ id: row['mql_id'] ?? '', wonAt: row['won_date'] ?? '' })),
    sdrs: new Set(won.map((row) => `sdr-${row['sdr_id'] ?? ''}`)),
    aes: new Set(won.map((row) => `ae-${row['sr_id'] ?? ''}`)),
    byOrigin: tally((row) => row['origin']?.replaceAll(' ', '_') || 'none'),
    byMonth: tally((row) => (row['first_contact_date'] ?? '').slice(0, 7)),
    /** Numbers of the rows about which somebody should be told. */
    odd: {
      noOrigin: places(leads, (row) => row['origin'] === ''),
      unknownOrigin: places(leads, (row) => row['origin'] === 'unknown'),
      twoProfiles: places(won, (row) => row['lead_behaviour_profile']?.includes(',') === true),
      early: places(
        won,
        (row) => (row['won_date'] ?? '').slice(0, 10) < (contact.get(row['mql_id'] ?? '') ?? ''),
      ),
    },
  };
}

/**
 * All that an import wrote, by external id, but for ids that Baton draws, instants of now, and who did it: two
 * imports of the same files have the same.
 */
export async function contentOf(
  query: (sql: string) => Promise<readonly { readonly line: string }[]>,
): Promise<readonly string[]> {
  const rows = await query(`
    select i.value || ' ' || j.seq || ' ' || replace(j.bytes, j.lead_id, 'LEAD') as line
      from journal j join identity i on i.lead_id = j.lead_id and i.kind = 'external'
    union all
    select i.value || ' profile ' || row_to_json(x)::text
      from identity i join lateral (
        select p.email, p.name, p.company, p.phone, p.title, p.fields, l.situation, l.source, l.holder, l.score
          from lead l join lead_profile p on p.lead_id = l.id where l.id = i.lead_id) x on true
    union all
    select i.value || ' event ' || e.source || ' ' || e.event_id || ' ' || e.kind || ' ' || e.properties::text || ' ' || e.occurred_at
      from event e join identity i on i.lead_id = e.lead_id
    union all
    select i.value || ' score ' || s.n || ' ' || s.rule || ' ' || s.micro
      from score_entry s join identity i on i.lead_id = s.lead_id
    union all
    select 'row ' || r.file || ' ' || r.n || ' ' || r.status || ' ' || coalesce(r.why, '') || array_to_string(r.odd, '; ')
      from import_row r
    union all
    select 'rep ' || id || ' ' || active from rep where id like 'sdr-%' or id like 'ae-%'
    order by 1`);
  return rows.map(({ line }) =>
    line
      .replace(/"actor":\{[^}]*\}/g, '"actor":…')
      // Instants of now; those of the files are older.
      .replace(/\b1[6-9]\d{11}\b/g, 'NOW'),
  );
}
