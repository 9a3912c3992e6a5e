import type { ArgumentsHost } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { ProblemFilter } from '../../src/http/problem.filter.js';
import { createLog } from '../../src/log.js';

/** Status and log of a request that ends in this error. */
function answer(error: unknown): { status: number; log: string } {
  const lines: string[] = [];
  const log = createLog({ process: 'api', level: 'info', now: () => 0, write: (line) => lines.push(line) });
  let status = 0;
  const response = {
    headersSent: false,
    status: (code: number) => ((status = code), response),
    set: () => response,
    type: () => response,
    send: () => response,
  };
  const http = { getRequest: () => ({ path: '/v1/leads' }), getResponse: () => response };
  new ProblemFilter(log).catch(error, { switchToHttp: () => http } as unknown as ArgumentsHost);
  return { status, log: lines.join('\n') };
}

const driverError = (code: string): Error =>
  Object.assign(new Error('Key (email)=(secret@example.com)\n    at secret line'), { code });

describe('the log of a request that failed', () => {
  it.each([
    ['TypeORM', new QueryFailedError('insert', ['secret'], driverError('23505')), 'QueryFailedError'],
    ['the driver', driverError('23505'), 'Error'],
  ])('says what the database refused by its code, not in the words of %s', (_, error, name) => {
    const { status, log } = answer(error);
    expect(status).toBe(500);
    expect(JSON.parse(log)).toMatchObject({
      error: expect.stringMatching(new RegExp(`^${name}\\n {4}at .*problem-filter`)),
      code: '23505',
    });
    expect(log).not.toContain('secret');
  });

  it('says that the database is away by its code', () => {
    const { status, log } = answer(new QueryFailedError('insert', ['secret'], driverError('57P01')));
    expect(status).toBe(503);
    expect(JSON.parse(log)).toMatchObject({ error: 'QueryFailedError', code: '57P01' });
    expect(log).not.toContain('secret');
  });

  it('has the stack of our own mistakes', () => {
    const { status, log } = answer(new TypeError('cannot read this'));
    expect(status).toBe(500);
    expect(log).toMatch(/TypeError: cannot read this.*problem-filter/);
  });
});
