import { describe, expect, it } from '@jest/globals';
import { createLog } from '../src/log.js';

describe('a log line', () => {
  it('keeps its own words, whatever its fields are called', () => {
    const lines: string[] = [];
    const log = createLog({ process: 'api', level: 'info', now: () => 0, write: (line) => lines.push(line) });
    log.warn('waiting', { message: 'other', level: 'info', detail: 'refused' });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        at: '1970-01-01T00:00:00.000Z',
        level: 'warn',
        process: 'api',
        message: 'waiting',
        detail: 'refused',
      },
    ]);
  });
});
