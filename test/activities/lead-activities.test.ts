import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { createLeadActivities } from '../../activities/lead.activities.js';
import { createLog } from '../../src/log.js';

const request = { leadId: 'ld_1', at: 0, command: null };

/** What is logged when `apply` throws this. */
async function logged(error: unknown): Promise<string> {
  const lines: string[] = [];
  const log = createLog({
    process: 'worker',
    level: 'info',
    now: () => 0,
    write: (line) => lines.push(line),
  });
  const deps = {
    apply: () => {
      throw error;
    },
    isPassing: () => true,
    log,
  };
  await expect(createLeadActivities(deps).apply(request)).rejects.toThrow('the journal does not answer');
  return lines.join('\n');
}

describe('a failed apply', () => {
  it('is logged by the name and SQLSTATE of its error, without words that may quote a lead', async () => {
    const driver = Object.assign(new Error('invalid input syntax: "secret@example.com"'), { code: '22P02' });
    const line = await logged(new QueryFailedError('insert', ['secret@example.com'], driver));
    expect(JSON.parse(line)).toMatchObject({ lead: 'ld_1', error: 'QueryFailedError', code: '22P02' });
    expect(line).not.toContain('secret');
  });

  it('is logged by the name alone when there is no code, and when it is no error', async () => {
    expect(JSON.parse(await logged(new TypeError('secret')))).toMatchObject({
      error: 'TypeError',
      code: null,
    });
    expect(await logged('secret')).not.toContain('secret');
  });
});
