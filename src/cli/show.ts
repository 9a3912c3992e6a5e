import type { Command } from 'commander';
import type { StoryLine } from '../audit/story.js';
import { findProduct, openDatabase, stopWhenNobodyReads, withDataDir } from './running-product.js';

interface ShowOptions {
  readonly json?: boolean;
  readonly dataDir: string;
}

export function register(program: Command): void {
  withDataDir(
    program
      .command('show')
      .description('tell the story of a lead')
      .argument('<lead>', "Baton's id, or external:SOURCE:ID")
      .option('--json', 'one JSON object per row, for machines'),
  ).action((lead: string, options: ShowOptions) => run(lead, options));
}

const PAGE = 500;

async function run(ref: string, { json = false, dataDir }: ShowOptions): Promise<void> {
  stopWhenNobodyReads();
  const { tellNow, tellRow } = await import('../audit/story.js');
  const { evolve } = await import('../domain/journey/evolve.js');
  const { unborn } = await import('../domain/journey/journey.js');
  const { createJournalQueries } = await import('../leads/journal-queries.js');
  const { leadIdOf } = await import('../leads/lead-queries.js');
  const product = await findProduct(dataDir);
  const dataSource = await openDatabase(product);
  try {
    const id = await leadIdOf(dataSource.manager, ref);
    const journal = createJournalQueries({ dataSource });
    let journey = unborn(id);
    if (!json) console.log(`Lead ${id}\n`);
    for (;;) {
      const page = await journal.journey(id, journey.seq, PAGE);
      for (const { row } of page) {
        const line = tellRow(row);
        console.log(json ? JSON.stringify(line) : toText(line));
        journey = evolve(journey, row);
      }
      if (page.length < PAGE) break;
    }
    if (!json) console.log(`\nNow: ${tellNow(journey).join('\n     ')}`);
  } finally {
    await dataSource.destroy();
  }
}

function toText({ seq, at, by, input, says }: StoryLine): string {
  const indent = ' '.repeat(6);
  const short = input.length <= 60 ? input : `${input.slice(0, 57)}…`;
  const head = `${`#${seq}`.padEnd(5)} ${at}  ${by}  [${short}]`;
  return [head, ...says.map((text) => `${indent}${text}`)].join('\n');
}
