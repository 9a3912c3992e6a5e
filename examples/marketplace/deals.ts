import { readCsv } from '../../src/feed/csv-rows.js';
import { toInstant } from '../../src/feed/map-row.js';

/** A lead that was won, and by whom. */
export interface Deal {
  readonly lead: string;
  /** Reps as Baton knows them: who works in both teams has a seat in each. */
  readonly sdr: string;
  readonly ae: string;
  readonly wonAt: string;
  readonly profile: string;
}

const COLUMNS = ['mql_id', 'sdr_id', 'sr_id', 'won_date', 'lead_behaviour_profile'] as const;

/** The rows of closed_deals.csv by lead. @throws Error for a row that lacks what a deal is made of */
export async function readDeals(file: string): Promise<ReadonlyMap<string, Deal>> {
  const deals = new Map<string, Deal>();
  const rows = readCsv(file, (header) => {
    const missing = COLUMNS.filter((column) => !header.includes(column));
    if (missing.length > 0) throw new Error(`${file} has no column ${missing.join(', ')}`);
  });
  for await (const { n, row } of rows) {
    const { mql_id: lead = '', sdr_id: sdr = '', sr_id: ae = '', won_date: won = '' } = row;
    const wonAt = toInstant(won);
    if (lead === '' || sdr === '' || ae === '' || wonAt === null)
      throw new Error(`${file}, row ${n}: no deal`);
    const profile = row['lead_behaviour_profile'] ?? '';
    deals.set(lead, { lead, sdr: `sdr-${sdr}`, ae: `ae-${ae}`, wonAt, profile });
  }
  return deals;
}

/** What is odd about a deal; it is played all the same. */
export function dealOddities({ wonAt, profile }: Deal, firstContact: string): readonly string[] {
  const contact = toInstant(firstContact);
  return [
    ...(contact !== null && wonAt < contact
      ? [`won on ${wonAt.slice(0, 10)}, before the first contact on ${firstContact}`]
      : []),
    ...(profile.includes(',') ? [`profile "${profile}"`] : []),
    ...(profile === '' ? ['no profile'] : []),
  ];
}
