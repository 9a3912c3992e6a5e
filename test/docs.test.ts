import { describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { renderStageTable } from '../src/domain/journey/table/render.js';

describe('the docs', () => {
  it('show the stage table that the code runs on', () => {
    const page = new URL('../docs/stage-table.md', import.meta.url);
    if (process.env['BATON_RENDER_DOCS'] === '1') writeFileSync(page, renderStageTable());
    expect(readFileSync(page, 'utf8')).toBe(renderStageTable());
  });
});
