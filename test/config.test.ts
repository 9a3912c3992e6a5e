import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from '../src/config.js';

const enough = {
  DATABASE_URL: 'postgresql://baton_app:s3cret@127.0.0.1:5432/baton',
  JOURNAL_KEY_ID: 'k1',
  JOURNAL_MAC_KEY: randomBytes(32).toString('base64'),
};

function faultsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('needs the database and the journal key only', () => {
    expect(loadConfig(enough, '/home/me')).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      migrationDatabaseUrl: enough.DATABASE_URL,
      temporal: {
        address: '127.0.0.1:7233',
        namespace: 'default',
        taskQueue: 'baton',
        deploymentName: 'baton',
      },
      journalKey: { id: 'k1', key: Buffer.from(enough.JOURNAL_MAC_KEY, 'base64') },
      dataDir: '/home/me/.baton',
      bodyLimit: 1024 * 1024,
    });
    expect(loadConfig(enough)).not.toHaveProperty('policyFile');
  });

  it('takes an empty variable for an absent one', () => {
    expect(loadConfig({ ...enough, PORT: '' }).port).toBe(3000);
    expect(faultsOf({ ...enough, JOURNAL_KEY_ID: '' })).toEqual(['JOURNAL_KEY_ID must be set']);
  });

  it('is frozen all through', () => {
    const config = loadConfig(enough);
    expect(Object.isFrozen(config) && Object.isFrozen(config.temporal)).toBe(true);
  });

  it('names every variable that is absent', () => {
    expect(faultsOf({})).toEqual([
      'DATABASE_URL must be set to a URL like postgresql://user:password@host:5432/database',
      'JOURNAL_KEY_ID must be set',
      'JOURNAL_MAC_KEY must be set',
    ]);
  });

  it.each([
    ['PORT', '65536', 'must be a whole number from 0 to 65535'],
    ['PORT', '3000x', 'must be a whole number from 0 to 65535'],
    ['DATABASE_URL', 'mysql://root:hunter2@db/baton', 'must be a URL that starts with postgresql://'],
    ['MIGRATION_DATABASE_URL', 'hunter2', 'must be a URL that starts with postgresql://'],
    ['TEMPORAL_ADDRESS', 'http://hunter2', 'must be host:port'],
    ['JOURNAL_MAC_KEY', 'hunter2!', 'must be base64'],
    ['JOURNAL_MAC_KEY', Buffer.from('hunter2').toString('base64'), 'must hold at least 32 bytes, in base64'],
    ['LOG_LEVEL', 'hunter2', 'must be one of error, warn, info, debug'],
    ['BATON_BODY_LIMIT', '1 hunter2', 'must be a size such as 512kb or 1mb'],
    ['DATABASE_POOL_SIZE', '0', 'must be a whole number from 1 to 1000'],
  ])('says which rule %s=%s breaks, and not the value', (variable, value, rule) => {
    const faults = faultsOf({ ...enough, [variable]: value });
    expect(faults).toEqual([`${variable} ${rule}`]);
    expect(faults.join()).not.toContain('hunter2');
  });
});
