import type { Command } from 'commander';
import { loadDatabaseConfig } from '../config.js';

export function register(program: Command): void {
  program
    .command('migrate')
    .description('bring the database of MIGRATION_DATABASE_URL to this version; safe to run again')
    .action(async () => {
      const { migrate } = await import('../db/migrate.js');
      await migrate(loadDatabaseConfig());
      console.log('The database is at this version.');
    });
}
