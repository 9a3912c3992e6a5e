import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { columnTypes } from './column-types.js';
import { ENTITIES } from './entities/index.js';

export interface DataSourceConfig {
  /** For the application's role. */
  readonly url: string;
  readonly poolSize: number;
  /** Shows in `pg_stat_activity`. */
  readonly name?: string;
}

/** The application's connection pool; call `initialize()` before and `destroy()` after use. */
export function createDataSource({ url, poolSize, name = 'baton' }: DataSourceConfig): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    applicationName: name,
    poolSize,
    entities: [...ENTITIES],
    synchronize: false,
    migrationsRun: false,
    extra: { types: columnTypes },
  });
}
