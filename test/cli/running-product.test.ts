import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProduct, openDatabase, openGateway } from '../../src/cli/running-product.js';
import { loadSecrets } from '../../src/embedded/secrets.js';

const folder = (): string => mkdtempSync(join(tmpdir(), 'baton product '));
const KEY = Buffer.alloc(32, 1).toString('base64');

describe('a command that looks for the product', () => {
  it('says how to start one where there is none, and makes nothing in the folder', async () => {
    const empty = folder();
    await expect(findProduct(empty, {})).rejects.toThrow(`npm start -- --data-dir "${empty}"`);
    await expect(findProduct(empty, {})).rejects.toThrow('There is no Baton in');
  });

  it('finds it by the data folder of `npm start`', async () => {
    const dataDir = folder();
    const secrets = loadSecrets(dataDir);
    writeFileSync(join(dataDir, 'ports.json'), JSON.stringify({ postgres: 15_001, temporal: 15_002 }));
    const product = await findProduct(dataDir, {});
    expect(new URL(product.databaseUrl)).toMatchObject({ host: '127.0.0.1:15001', username: 'baton_app' });
    expect(product.temporal.address).toBe('127.0.0.1:15002');
    expect(product.journalKey.id).toBe(secrets.journalKeyId);
  });

  it('goes by the environment when that names a database', async () => {
    const env = {
      DATABASE_URL: 'postgresql://u:p@127.0.0.1:15003/x',
      JOURNAL_KEY_ID: 'k1',
      JOURNAL_MAC_KEY: KEY,
      TEMPORAL_ADDRESS: '127.0.0.1:15004',
    };
    const product = await findProduct(folder(), env);
    expect(product).toMatchObject({
      databaseUrl: env.DATABASE_URL,
      temporal: { address: '127.0.0.1:15004' },
    });
    await expect(findProduct(folder(), { DATABASE_URL: env.DATABASE_URL })).rejects.toThrow(
      'JOURNAL_MAC_KEY',
    );
  });

  it('says what does not answer', async () => {
    const dataDir = folder();
    loadSecrets(dataDir);
    // Port 1 is nobody's.
    writeFileSync(join(dataDir, 'ports.json'), JSON.stringify({ postgres: 1, temporal: 1 }));
    const product = await findProduct(dataDir, {});
    await expect(openDatabase(product)).rejects.toThrow(
      /The database at 127\.0\.0\.1:1 does not answer.*npm start/,
    );
    expect(await openGateway(product)).toBeNull();
  });
});
