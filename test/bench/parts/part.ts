import type { Line } from '../measure/table.js';
import type { Sizes } from '../options.js';
import type { Company } from '../site/company.js';
import type { BenchWorker } from '../workers/fork-worker.js';
import type { Kind } from '../workers/protocol.js';

/** What a part has to measure with. */
export interface Bench {
  readonly company: Company;
  readonly sizes: Sizes;
  /** For logs. */
  readonly folder: string;
  readonly say: (message: string) => void;
  /** Started for this part, and stopped after it. */
  worker(kind: Kind, options?: { readonly maxCachedWorkflows?: number }): Promise<BenchWorker>;
  /** Runs a process until the part is over. */
  onEnd(stop: () => Promise<void>): void;
}

export type Part = (bench: Bench) => Promise<readonly Line[]>;
