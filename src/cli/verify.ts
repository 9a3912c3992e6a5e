import type { Command } from 'commander';
import type { VerifyStep } from '../audit/verify.js';
import {
  findProduct,
  openDatabase,
  openGateway,
  stopWhenNobodyReads,
  withDataDir,
} from './running-product.js';

interface VerifyOptions {
  readonly lead?: string;
  readonly json?: boolean;
  readonly dataDir: string;
}

export function register(program: Command): void {
  withDataDir(
    program
      .command('verify')
      .description(
        'fold every journey again and compare it with what is stored; exit code 1 when something differs',
      )
      .option('--lead <id>', 'only this lead')
      .option('--json', 'one JSON object per line, for machines'),
  ).action(async (options: VerifyOptions) => {
    process.exitCode = (await run(options)) === 0 ? 0 : 1;
  });
}

/** @returns how many findings there were */
async function run({ lead, json = false, dataDir }: VerifyOptions): Promise<number> {
  stopWhenNobodyReads();
  const { verify } = await import('../audit/verify.js');
  const { systemClock } = await import('../clock.js');
  const { leadIdOf } = await import('../leads/lead-queries.js');
  const product = await findProduct(dataDir);
  const dataSource = await openDatabase(product);
  const temporal = await openGateway(product);
  const show = json ? jsonLines : await personLines(product.temporal.address);
  let findings = 0;
  try {
    const only = lead === undefined ? undefined : await leadIdOf(dataSource.manager, lead);
    const keys = new Map([[product.journalKey.id, product.journalKey.key]]);
    const deps = { dataSource, keys, clock: systemClock, gateway: temporal?.gateway ?? null };
    for await (const step of verify(deps, { lead: only })) {
      if (step.type === 'finding') findings += 1;
      show(step);
    }
  } finally {
    await temporal?.close();
    await dataSource.destroy();
  }
  if (!json) {
    console.log(
      findings === 0 ? 'Clean: nothing differs.' : `${findings} ${findings === 1 ? 'finding' : 'findings'}.`,
    );
  }
  return findings;
}

type Show = (step: VerifyStep) => void;

const jsonLines: Show = (step) => {
  if (step.type !== 'progress') console.log(JSON.stringify(step));
};

async function personLines(temporalAddress: string): Promise<Show> {
  const { describeFinding } = await import('../audit/verify.js');
  const { progressBar } = await import('./progress-bar.js');
  const bar = progressBar('leads');
  return (step) => {
    switch (step.type) {
      case 'progress':
        bar.update(step.done, step.total);
        return;
      case 'finding':
        bar.print(`FOUND    ${describeFinding(step.finding)}`);
        return;
      case 'checked':
        bar.print(`checked  ${step.count} ${step.what}`);
        return;
      case 'skipped':
        bar.print(`skipped: no Temporal at ${temporalAddress}, so ${step.what} were not compared`);
    }
  };
}
