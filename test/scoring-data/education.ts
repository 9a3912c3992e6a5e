import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScoringPolicy } from '../../src/domain/policy/scoring.schema.js';
import { awardEntry, eventAwards, fitAwards } from '../../src/domain/scoring/awards.js';
import { foldLedger } from '../../src/domain/scoring/fold.js';
import { readScore } from '../../src/domain/scoring/read.js';
import type { ScoreReading } from '../../src/domain/scoring/score.js';
import { projectRoot } from '../../src/embedded/project-root.js';
import { chosenRows } from '../../src/feed/csv-rows.js';
import { toLead } from '../../src/feed/map-row.js';
import { readMapping } from '../../src/feed/mapping.js';
import { EMPTY_PROFILE, scoredFields } from '../../src/leads/profile-store.js';
import { readPolicy } from '../../src/play/policy-file.js';
import type { Judged } from './judgement.js';
import type { Columns, Row } from './logistic-regression.js';

const examples = join(projectRoot(), 'examples');
export const MAPPING_FILE = join(examples, 'education', 'scored-mapping.yaml');
export const policy = readPolicy(join(examples, 'policies', 'education-scored.yaml'));
export const { scoring } = policy;

/** All of behaviour, source and profile that the file has, also what the policy makes nothing of. */
export const COLUMNS: Columns = {
  texts: [
    'Lead Origin',
    'Lead Source',
    'Last Activity',
    'Do Not Email',
    'Do Not Call',
    'What is your current occupation',
    'Specialization',
    'City',
    'Country',
  ],
  numbers: ['TotalVisits', 'Total Time Spent on Website', 'Page Views Per Visit'],
};

export interface ScoredLead extends Judged {
  readonly row: Row;
  readonly reading: ScoreReading;
}

/** Leads as they would arrive now; that instant is any, their score at it is always the same. */
const NOW = Date.UTC(2026, 0, 5, 9);

/** The leads of a file, each read by the mapping and scored by the policy as when it comes in. */
export async function scoreFile(file: string, by: ScoringPolicy = scoring): Promise<ScoredLead[]> {
  const mapping = readMapping(MAPPING_FILE);
  const leads: ScoredLead[] = [];
  for await (const { row } of chosenRows(file, MAPPING_FILE, mapping, {})) {
    const { fields, events, source } = toLead(row, mapping, new Date(NOW).toISOString());
    const from = typeof source === 'string' ? source : null;
    const origin = { source: from, campaign: null, latestSource: from, latestCampaign: null };
    const known = scoredFields({ ...EMPTY_PROFILE, fields: fields }, origin);
    const reading = scoreOf(by, known, events);
    const id = Number(row['Lead Number']);
    leads.push({ id, score: reading.total, converted: row['Converted'] === '1', row, reading });
  }
  return leads;
}

type Event = Parameters<typeof eventAwards>[1];

function scoreOf(by: ScoringPolicy, fields: Readonly<Record<string, unknown>>, events: readonly Event[]) {
  const awards = [...fitAwards(by, fields), ...events.flatMap((event) => eventAwards(by, event))];
  const entries = awards.map((award, i) =>
    awardEntry(award, NOW, { n: i + 1, recorded: NOW, cause: `award-${i}` }),
  );
  return readScore(foldLedger(entries, by), NOW, by);
}

export function fileWith(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'baton-scored-')), 'leads.csv');
  writeFileSync(file, text);
  return file;
}
