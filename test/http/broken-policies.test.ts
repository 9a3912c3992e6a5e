import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { BROKEN } from '../domain/policy/broken-faults.js';
import { sitDown, type Table } from './agreement.harness.js';
import { useApi } from './api.harness.js';

const api = useApi();
let table: Table;
beforeAll(async () => {
  table = await sitDown(api());
});

describe('a broken policy', () => {
  it.each(Object.entries(BROKEN))(
    '%s is refused whole, with every fault and its path',
    async (file, expected) => {
      const raw = readFileSync(new URL(`../domain/policy/broken/${file}`, import.meta.url), 'utf8');
      const reply = await api().call('POST', '/v1/policies', undefined, {
        raw,
        key: table.key('marketing'),
        headers: { 'Content-Type': 'application/yaml' },
      });
      expect(reply.status).toBe(400);
      const errors = reply.body.errors as { path: string; message: string }[];
      expect(errors.map(({ path, message }) => `${path}: ${message}`).sort()).toEqual([...expected].sort());
      expect((await table.get('/v1/policies')).body.items).toEqual([]);
    },
  );
});
