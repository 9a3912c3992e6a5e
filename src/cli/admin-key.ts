import type { Command } from 'commander';
import { loadDatabaseConfig } from '../config.js';

export function register(program: Command): void {
  program
    .command('admin-key')
    .description('create the first admin API key and print it; says so when there is one already')
    .action(async () => {
      const { createFirstAdminKey } = await import('../access/api-keys.js');
      const key = await createFirstAdminKey(loadDatabaseConfig());
      console.log(key ?? 'There is an admin API key already: make further ones with POST /v1/api-keys.');
    });
}
