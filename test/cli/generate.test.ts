import { beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dealOddities, readDeals, type Deal } from '../../examples/marketplace/deals.js';
import { generateMarketplace } from '../../examples/marketplace/generate.js';
import { readCsv } from '../../src/feed/csv-rows.js';

const folder = mkdtempSync(join(tmpdir(), 'baton-generate-'));
const mql = new Map<string, Readonly<Record<string, string>>>();
let deals: ReadonlyMap<string, Deal> = new Map();

beforeAll(async () => {
  const files = generateMarketplace({ leads: 600, seed: 7 });
  writeFileSync(join(folder, 'mql.csv'), files.mql);
  writeFileSync(join(folder, 'closed_deals.csv'), files.deals);
  for await (const { row } of readCsv(join(folder, 'mql.csv'), () => undefined))
    mql.set(row['mql_id'] ?? '', row);
  deals = await readDeals(join(folder, 'closed_deals.csv'));
});

describe('the generator of made-up leads', () => {
  it('gives the same files for the same seed, and others for another', () => {
    const once = generateMarketplace({ leads: 100, seed: 7 });
    expect(generateMarketplace({ leads: 100, seed: 7 })).toEqual(once);
    expect(generateMarketplace({ leads: 100, seed: 8 }).mql).not.toBe(once.mql);
  });

  it('gives as many leads as asked for, each of its own, and deals of these leads only', () => {
    expect(mql.size).toBe(600);
    expect(deals.size).toBeGreaterThan(30);
    for (const lead of deals.keys()) expect(mql.has(lead)).toBe(true);
    expect(new Set([...deals.values()].map(({ sdr }) => sdr)).size).toBeGreaterThan(10);
  });

  it('gives some deals however few leads there are', () => {
    const { deals: few } = generateMarketplace({ leads: 10, seed: 1 });
    expect(few.trim().split('\n').length).toBeGreaterThan(2);
  });

  it('has the oddities of real leads', () => {
    const origins = [...mql.values()].map(({ origin }) => origin);
    expect(origins).toContain('');
    expect(origins).toContain('unknown');
    const odd = [...deals.values()].flatMap((deal) =>
      dealOddities(deal, mql.get(deal.lead)?.['first_contact_date'] ?? ''),
    );
    expect(odd.filter((text) => text.includes('before the first contact'))).toHaveLength(1);
    expect(odd).toContain('profile "cat, wolf"');
    expect(odd).toContain('no profile');
  });

  it('has the deal that was won early exactly two days early', () => {
    const [early] = [...deals.values()];
    const contact = Date.parse(mql.get(early?.lead ?? '')?.['first_contact_date'] ?? '');
    expect((contact - Date.parse(early?.wonAt.slice(0, 10) ?? '')) / 86_400_000).toBe(2);
  });
});
