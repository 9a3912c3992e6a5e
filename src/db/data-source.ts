import 'reflect-metadata';
import { DataSource } from 'typeorm';
import type { Milliseconds } from '../domain/time.js';
import { columnTypes } from './column-types.js';
import { ENTITIES } from './entities/index.js';

export interface DataSourceConfig {
  /** For the application's role. */
  readonly url: string;
  readonly poolSize: number;
  /** How long to wait for a connection, free or new; without it as long as it takes. */
  readonly connectWithin?: Milliseconds;
  /** Shows in `pg_stat_activity`. */
  readonly name?: string;
}

/** The application's connection pool; call `initialize()` before and `destroy()` after use. */
export function createDataSource(config: DataSourceConfig): DataSource {
  const { url, poolSize, connectWithin, name = 'baton' } = config;
  return new DataSource({
    type: 'postgres',
    url,
    applicationName: name,
    poolSize,
    entities: [...ENTITIES],
    synchronize: false,
    migrationsRun: false,
    // Zero: no limit.
    connectTimeoutMS: connectWithin ?? 0,
    extra: { types: columnTypes },
  });
}
