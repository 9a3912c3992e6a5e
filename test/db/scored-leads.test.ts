import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { generateEducation } from '../../examples/education/generate.js';
import { toLead } from '../../src/feed/map-row.js';
import { readMapping } from '../../src/feed/mapping.js';
import { toCapture } from '../../src/http/capture.js';
import { newLead } from '../../src/http/schemas/capture.schemas.js';
import { createScoreQueries } from '../../src/leads/score-queries.js';
import { fileWith, MAPPING_FILE, policy, scoreFile, type ScoredLead } from '../scoring-data/education.js';
import { ADMIN, useWorld } from './world.js';

/** What test/scoring-data says of a policy is worth something only if the product says the same of its leads. */
describe('leads of a school that come in as rows of a file', () => {
  const file = fileWith(generateEducation({ leads: 80, seed: 5 }));
  const world = useWorld((w) => w.use(policy));
  let alone: readonly ScoredLead[] = [];

  beforeAll(async () => {
    alone = await scoreFile(file);
    const mapping = readMapping(MAPPING_FILE);
    const now = new Date(world.clock.now()).toISOString();
    const captures = parse<Record<string, string>>(readFileSync(file, 'utf8'), { columns: true }).map((row) =>
      toCapture(newLead.parse(toLead(row, mapping, now))),
    );
    const results = await world.ingest.captureLeads(captures, ADMIN);
    expect(results.filter(({ status }) => status !== 'created')).toEqual([]);
  });

  it('have the scores that the pure functions give them', async () => {
    const scores = createScoreQueries(world);
    for (const { row, reading } of alone) {
      const { reading: told } = await scores.score(`external:education:${row['Prospect ID'] ?? ''}`, {
        at: null,
        as: 'known',
        before: null,
        limit: 1,
      });
      const { lastEventAt: _, ...expected } = reading;
      expect(told).toMatchObject(expected);
    }
    expect(new Set(alone.map(({ score }) => score)).size).toBeGreaterThan(20);
  });
});
