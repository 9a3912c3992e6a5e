import type { Clock } from '../clock.js';
import type { ApplyDeps } from './apply.js';
import type { Ingest } from './ingest.types.js';

export interface IngestDeps extends ApplyDeps {
  readonly clock: Clock;
}

export declare function createIngest(deps: IngestDeps): Ingest;
