import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { verify, type VerifyStep } from '../../src/audit/verify.js';
import { parsePolicy } from '../../src/domain/policy/parse-policy.js';
import { projectRoot } from '../../src/embedded/project-root.js';
import { createReports } from '../../src/reports/funnel.js';
import { TEST_KEY, useWorld } from '../db/world.js';
import { size } from '../support/size.js';
import { Importer, MARKETPLACE, type Brought } from './import-world.js';
import {
  countedByHand,
  madeUpMarketplace,
  realMarketplace,
  whyNoReal,
  type Marketplace,
} from './marketplace.js';

const MINUTES = 60_000;
const SAO_PAULO = 'America/Sao_Paulo';

const broughtOf = ({ mql, deals }: Marketplace): Brought => ({
  mapping: MARKETPLACE,
  files: [
    ['mql.csv', mql],
    ['closed_deals.csv', deals],
  ],
});

/** The same promises for leads that are made up and for real ones. */
function promises(data: Marketplace): void {
  const byHand = countedByHand(data);
  const world = useWorld(async (w) => {
    const text = readFileSync(join(projectRoot(), 'examples', 'policies', 'marketplace.yaml'), 'utf8');
    const parsed = parsePolicy(parse(text));
    if (!parsed.ok) throw new Error('the policy is refused');
    await w.use(parsed.policy);
  });
  const importer = new Importer(world);

  it(
    'brings every lead, and every deal at its own time by the people who made it',
    async () => {
      const done = await importer.run(broughtOf(data));
      const rows = byHand.leads + byHand.deals.length;
      expect(done).toMatchObject({ leads: byHand.leads, counts: { rows, imported: rows, refused: 0 } });
      const won = await world.query<{ id: string; wonAt: string }>(
        `select i.value as id, to_char(e.occurred_at at time zone '${SAO_PAULO}', 'YYYY-MM-DD HH24:MI:SS') as "wonAt"
           from stage_entry e join identity i on i.lead_id = e.lead_id where e.stage = 'closed_won' order by 1`,
      );
      expect(won).toEqual([...byHand.deals].sort((a, b) => (a.id < b.id ? -1 : 1)));
      const owners = await world.query<{ sdr: string; ae: string }>(
        `select state::json #>> '{owners,sdr}' as sdr, state::json #>> '{owners,ae}' as ae from lead where stage = 'closed_won'`,
      );
      expect(new Set(owners.map(({ sdr }) => sdr))).toEqual(byHand.sdrs);
      expect(new Set(owners.map(({ ae }) => ae))).toEqual(byHand.aes);
      expect([...done.reps].sort()).toEqual([...byHand.sdrs, ...byHand.aes].sort());
    },
    5 * MINUTES,
  );

  it('has the funnel that the files have, by origin and by month of first contact', async () => {
    const reports = createReports({ dataSource: world.dataSource });
    const shown = async (by: 'source' | 'month') => {
      const { rows, total } = await reports.funnel(by, SAO_PAULO);
      expect(total.reached).toMatchObject({
        mql: byHand.leads,
        sal: byHand.deals.length,
        sql: byHand.deals.length,
      });
      return Object.fromEntries(
        rows.map(({ group, reached, leads, now }) => {
          expect([reached['inquiry'], now['closed_won']]).toEqual([leads, reached['closed_won']]);
          return [group ?? 'none', { inquiry: reached['inquiry'], won: reached['closed_won'] }];
        }),
      );
    };
    expect(await shown('source')).toEqual(byHand.byOrigin);
    expect(await shown('month')).toEqual(byHand.byMonth);
  });

  it('names what is odd', async () => {
    const [imported] = await importer.service.list(null, 1);
    const rows = await importer.service.rows(imported?.id ?? '', {
      status: null,
      odd: true,
      after: null,
      limit: 10_000,
    });
    const those = (file: string, says: RegExp): number[] =>
      rows.filter((row) => row.file === file && row.odd.some((odd) => says.test(odd))).map(({ row }) => row);
    expect({
      noOrigin: those('mql.csv', /^no origin$/),
      unknownOrigin: those('mql.csv', /^origin "unknown"$/),
      twoProfiles: those('closed_deals.csv', /^several profiles in one$/),
      early: those('closed_deals.csv', /^closed_won occurred 2 days before inquiry$/),
    }).toEqual(byHand.odd);
    expect(byHand.odd.early).toHaveLength(1);
    expect(byHand.odd.twoProfiles.length).toBeGreaterThan(0);
  });

  it(
    'verifies, also while the workflows of open leads wait for their turn',
    async () => {
      const findings: VerifyStep[] = [];
      const deps = {
        dataSource: world.dataSource,
        keys: new Map([[TEST_KEY.id, TEST_KEY.key]]),
        clock: world.clock,
        // None has been started yet.
        gateway: { listOpen: async function* () {} },
        secondLook: 1,
      };
      for await (const step of verify(deps)) if (step.type === 'finding') findings.push(step);
      expect(findings).toEqual([]);
    },
    5 * MINUTES,
  );

  it(
    'changes nothing when it is brought again',
    async () => {
      const before = await importer.everything();
      const { record, isNew } = await importer.start(broughtOf(data));
      await importer.step(record.id);
      expect([isNew, record.state]).toEqual([false, 'done']);
      // The same rows from another import, as when somebody has touched the file.
      const touched = { ...broughtOf({ ...data, mql: `\uFEFF${data.mql}` }) };
      const again = await importer.run(touched);
      expect(again.counts).toMatchObject({
        imported: 0,
        unchanged: byHand.leads + byHand.deals.length,
        refused: 0,
      });
      expect(await importer.everything()).toEqual(before);
    },
    5 * MINUTES,
  );
}

describe('made-up leads of a marketplace', () => promises(madeUpMarketplace(size(240, 2_000))));

const real = size(null, realMarketplace());
if (real !== null) describe('real leads of a marketplace', () => promises(real));
else {
  describe('real leads of a marketplace', () => {
    it.skip(realMarketplace() === null ? whyNoReal : 'take their time: npm run proof', () => undefined);
  });
}
