import { join } from 'node:path';
import { DAY } from '../../src/domain/time.js';
import { chosenRows } from '../../src/feed/csv-rows.js';
import { oddities, toLead } from '../../src/feed/map-row.js';
import { readMapping } from '../../src/feed/mapping.js';
import type { DataSet, Ending, TimedEvent } from '../../src/play/data-set.js';
import { requireFiles } from '../../src/play/files.js';
import { invariant, type Invariant } from '../../src/play/invariants.js';
import { readPolicy } from '../../src/play/policy-file.js';
import { BEHAVIOUR_COLUMNS, behaviourOf } from './behaviour.js';
import type { EducationLead } from './moment.js';
import { nextStep, POOLS } from './people.js';

export interface EducationOptions {
  /** The project's examples. */
  readonly examples: string;
  /** With leads.csv. */
  readonly folder: string;
  readonly leads: number;
  readonly seed: number;
}

const FILE = 'leads.csv';
const OUTCOME = 'Converted';

/** Leads of a school with what they did and whether they enrolled. @throws Error that names file and column */
export async function openEducation(options: EducationOptions): Promise<DataSet<EducationLead>> {
  const { examples, folder, seed, leads: limit } = options;
  requireFiles(folder, [FILE], 'education');
  const file = join(folder, FILE);
  const mappingFile = join(examples, 'education', 'mapping.yaml');
  const mapping = readMapping(mappingFile);
  const leads: EducationLead[] = [];
  for await (const { n, row } of chosenRows(file, mappingFile, mapping, { limit })) {
    const missing = [...BEHAVIOUR_COLUMNS, OUTCOME].filter((column) => !(column in row));
    if (missing.length > 0) throw new Error(`${file} has no column ${missing.join(', ')}`);
    const { events: _, ...body } = toLead(row, mapping, '');
    const externalId = (row[mapping.externalId.column] ?? '').trim();
    const outcome = row[OUTCOME] ?? '';
    if (outcome !== '0' && outcome !== '1')
      throw new Error(`${file}, row ${n}: ${OUTCOME} is "${outcome}"; it must be 0 or 1`);
    const { atOnce, later } = behaviourOf(row, externalId, seed);
    leads.push({
      externalId,
      body: { ...body, events: atOnce.map(toEvent) },
      timeline: later,
      odd: oddities(row, mapping),
      converted: outcome === '1',
    });
  }
  return {
    name: 'education',
    source: mapping.externalId.source,
    policy: readPolicy(join(examples, 'policies', 'education.yaml')),
    pools: POOLS,
    leads,
    // As long as it takes until who went silent is put to rest.
    linger: 6 * DAY,
    // A day in 48 seconds; four hours to accept an offer are eight seconds.
    speed: 1_800,
    rate: 3,
    mostMoving: null,
    nextStep,
    check: (end) => check(leads, end),
  };
}

/** As a lead brings it along. */
const toEvent = ({ id, kind, properties }: TimedEvent) => ({ source: 'education', id, kind, properties });

function check(leads: readonly EducationLead[], { views }: Ending): readonly Invariant[] {
  const violations = leads.flatMap(({ externalId, converted }) =>
    !converted && views.get(externalId)?.stage === 'closed_won'
      ? [`${externalId}: enrolled, did not in the data`]
      : [],
  );
  return [invariant('nobody enrolled who did not in the data', leads.length, violations)];
}
