import { Command, InvalidArgumentError } from 'commander';

export const PARTS = ['scoring', 'ingest', 'hand-off', 'accept', 'http', 'memory', 'open-leads'] as const;
export type PartName = (typeof PARTS)[number];
const BACKENDS = ['sqlite', 'postgres'] as const;
export type Backend = (typeof BACKENDS)[number];

/** How much is measured. */
export interface Sizes {
  /** Runs of each arm. */
  readonly runs: number;
  readonly inFlight: number;
  /** Hand-offs in a run. */
  readonly leads: number;
  /** Accepts of each kind in a run. */
  readonly accepts: number;
  readonly scoredEvents: number;
  readonly ingestLeads: number;
  readonly ingestEvents: number;
  readonly httpLeads: number;
  readonly memoryLeads: number;
  readonly openFew: number;
  readonly openMany: number;
}

const FULL: Sizes = {
  ...{ runs: 7, inFlight: 20, leads: 300, accepts: 40 },
  ...{ scoredEvents: 100_000, ingestLeads: 1_000, ingestEvents: 5_000, httpLeads: 150 },
  ...{ memoryLeads: 500, openFew: 1_000, openMany: 50_000 },
};
/** For development: everything runs, nothing means much. */
const QUICK: Sizes = {
  ...{ runs: 3, inFlight: 10, leads: 60, accepts: 10 },
  ...{ scoredEvents: 10_000, ingestLeads: 200, ingestEvents: 1_000, httpLeads: 30 },
  ...{ memoryLeads: 50, openFew: 50, openMany: 500 },
};

export interface Options {
  readonly parts: readonly PartName[];
  readonly backends: readonly Backend[];
  readonly quick: boolean;
  readonly sizes: Sizes;
  /** Write CPU profiles of the workers. */
  readonly profile: boolean;
}

const oneOf =
  <T extends string>(allowed: readonly T[]) =>
  (value: string, before: readonly T[] = []): readonly T[] => {
    const found = allowed.find((name) => name === value);
    if (found === undefined) throw new InvalidArgumentError(`It must be one of ${allowed.join(', ')}.`);
    return [...before, found];
  };

/** @throws Error saying what of the arguments or of the environment is wrong */
export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv): Options {
  let parts: readonly PartName[] = PARTS;
  let given: { quick?: boolean; profile?: boolean; temporal?: readonly Backend[] } = {};
  new Command('npm run bench --')
    .description('Measures Baton against floors of the same run.')
    .argument('[parts...]', `what to measure: ${PARTS.join(', ')}; without any all of it`, oneOf(PARTS))
    .option('--quick', 'small numbers, for development')
    .option('--temporal <store>', `where Temporal keeps its data: ${BACKENDS.join(', ')}`, oneOf(BACKENDS))
    .option('--profile', 'write CPU profiles of the workers and say where their time went')
    .action((chosen: readonly PartName[] | undefined, options: typeof given) => {
      if (chosen !== undefined && chosen.length > 0) parts = PARTS.filter((part) => chosen.includes(part));
      given = options;
    })
    .parse([...args], { from: 'user' });
  const quick = given.quick ?? env['BATON_BENCH_QUICK'] === 'yes';
  const sizes = quick ? QUICK : FULL;
  return {
    parts,
    backends: given.temporal ?? BACKENDS,
    quick,
    sizes: { ...sizes, openMany: openMany(env['BATON_BENCH_OPEN']) ?? sizes.openMany },
    profile: given.profile ?? false,
  };
}

function openMany(text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= 1_000_000) return count;
  throw new Error('BATON_BENCH_OPEN must be a whole number from 1 to 1000000: open leads to measure beside');
}
