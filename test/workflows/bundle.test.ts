import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { workflowBundle } from '../support/temporal.js';

describe('the workflow bundle', () => {
  it('holds no heavy library: it is instantiated again for every cached lead', async () => {
    const code = readFileSync((await workflowBundle()).codePath, 'utf8');
    const modules = [...code.matchAll(/^\/\*\*\*\/ "([^"]+)":?/gm)].map(([, name]) => name ?? '');
    expect(modules.some((name) => name.includes('workflows/lead.workflow'))).toBe(true);
    const libraries =
      /node_modules\/(typeorm|@nestjs|pg|pg-.*|zod|graphile-worker|@temporalio\/(client|worker))\//;
    expect(modules.filter((name) => libraries.test(name))).toEqual([]);
    expect(code).not.toMatch(/require\("(typeorm|pg|zod|@nestjs\/)/);
  }, 60_000);
});
