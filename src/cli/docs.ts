import type { Command } from 'commander';
import { renderStageTable } from '../domain/journey/table/render.js';

/** `baton docs`: pages that are rendered from the code. */
export function register(program: Command): void {
  program
    .command('docs')
    .description('print a page that is rendered from the code')
    .argument('<page>', 'stage-table')
    .action((page: string) => {
      if (page !== 'stage-table') throw new Error(`there is no page "${page}"; there is: stage-table`);
      process.stdout.write(renderStageTable());
    });
}
