import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { projectRoot } from '../../src/embedded/project-root.js';
import { createImportStep } from '../../src/imports/import.task.js';
import type { ReportRow } from '../../src/imports/import-rows.js';
import type { ImportRecord } from '../../src/imports/import-store.js';
import { createImports, type BroughtFile } from '../../src/imports/imports.js';
import { ADMIN, TEST_KEY, type World } from '../db/world.js';

export const MARKETPLACE = readFileSync(
  join(projectRoot(), 'examples', 'marketplace', 'import.yaml'),
  'utf8',
);

export const brought = (name: string, text: string): BroughtFile => ({
  name,
  format: name.endsWith('.csv') ? 'csv' : 'ndjson',
  sha256: createHash('sha256').update(text).digest('hex'),
  read: () => Readable.from([Buffer.from(text)]),
});

export interface Brought {
  readonly files: readonly (readonly [name: string, text: string])[];
  readonly mapping: string;
  readonly dryRun?: boolean;
}

/** As a CRM exports its leads. */
export const MAPPING = `
timeZone: America/Sao_Paulo
externalId: { source: crm, column: id }
email: { column: mail }
company: { column: firm }
source: { column: from, as: code }
occurredAt: { column: first }
fields: { size: { column: size, as: number } }
events:
  - { kind: pricing_page, source: web, id: '{id}:{seen}', occurredAt: { column: seen }, when: { column: seen, present: true } }
history:
  - stage: { column: stage, values: { MQL: mql.early, Working: sal, Won: closed_won, Lost: closed_lost } }
    occurredAt: { column: since }
    sdr: { column: sdr }
    reason: { column: why }
    amount: { column: sum, as: number }
    currency: { value: EUR }
`;

const HEADER = 'id,mail,firm,from,first,size,seen,stage,since,sdr,why,sum';
export const csv = (...rows: readonly string[]): Brought => ({
  mapping: MAPPING,
  files: [['leads.csv', [HEADER, ...rows, ''].join('\n')]],
});

/** Imports over a world, without HTTP and without a job queue. */
export class Importer {
  constructor(private readonly world: World) {}

  get service() {
    const { dataSource, clock, policies } = this.world;
    return createImports({ dataSource, clock, policies });
  }

  start({ files, mapping, dryRun = false }: Brought) {
    const all = files.map(([name, text]) => brought(name, text));
    return this.service.start({ mapping, files: all, dryRun }, ADMIN);
  }

  /** One job's worth of it. */
  step(id: string): Promise<void> {
    const { dataSource, clock, policies } = this.world;
    return createImportStep({ dataSource, clock, policies, journalKey: TEST_KEY })(id);
  }

  /** From its files to its end. */
  async run(what: Brought): Promise<ImportRecord> {
    const { record } = await this.start(what);
    for (let turn = 0; turn < 10_000; turn++) {
      const now = await this.service.get(record.id);
      if (now.state === 'done') return now;
      await this.step(record.id);
    }
    throw new Error(`the import ${record.id} never ends`);
  }

  async rows(id: string): Promise<readonly Omit<ReportRow, 'lead'>[]> {
    const rows = await this.service.rows(id, { status: null, odd: null, after: null, limit: 10_000 });
    return rows.map(({ place: _place, lead: _lead, ...row }) => row);
  }

  async leadOf(externalId: string): Promise<string> {
    const [row] = await this.world.query<{ lead: string }>(
      'select lead_id as lead from identity where value = $1',
      [externalId],
    );
    if (row === undefined) throw new Error(`there is no lead ${externalId}`);
    return row.lead;
  }

  /** Keys of the rings that wait. */
  async rings(): Promise<readonly string[]> {
    return (await this.world.takeJobs()).filter((key) => key.startsWith('ring:'));
  }

  /** How much of everything there is. */
  async everything(): Promise<unknown> {
    const tables = [
      'lead',
      'journal',
      'event',
      'score_entry',
      'stage_entry',
      'rep',
      'identity',
      'assignment',
    ];
    const counts = tables.map((table) => `(select count(*) from ${table}) as ${table}`);
    return (await this.world.query(`select ${counts.join(', ')}`))[0];
  }
}
