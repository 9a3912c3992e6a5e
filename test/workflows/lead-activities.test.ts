import { describe, expect, it } from '@jest/globals';
import { createLeadActivities } from '../../activities/lead.activities.js';
import { isPassing } from '../../src/db/passing.js';
import type { LogFields } from '../../src/log.js';

const withCode = (code: string): Error => Object.assign(new Error(`secret ${code}`), { code });

async function failing(error: Error): Promise<{ failure: unknown; logged: LogFields | undefined }> {
  let logged: LogFields | undefined;
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (_message: string, fields?: LogFields) => void (logged = fields),
  };
  const activities = createLeadActivities({
    apply: () => Promise.reject(error),
    isPassing,
    log,
  });
  const request = { leadId: 'lead-1', at: 0, command: 'command-1' };
  const failure = await activities.apply(request).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { failure, logged };
}

describe('what apply throws', () => {
  it.each([
    ...['08006', '25006', '40001', '40P01', '53100', '53300', '55P03', '57014', '57P01', '58030'],
    ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT'],
  ])('is tried again when it passes by itself: %s', async (code) => {
    const { failure } = await failing(withCode(code));
    expect(failure).toMatchObject({ type: 'JournalUnavailable', nonRetryable: false });
  });

  it.each([
    'Query runner already released. Cannot run queries anymore.',
    'Connection terminated unexpectedly',
  ])('is tried again when the connection was lost: %s', async (message) => {
    expect((await failing(new Error(message))).failure).toMatchObject({ type: 'JournalUnavailable' });
  });

  it.each(['22P02', '23505', '42P01', 'XX000'])('is a lasting fault otherwise: %s', async (code) => {
    const { failure, logged } = await failing(withCode(code));
    expect(failure).toMatchObject({ type: 'JournalConflict', nonRetryable: true });
    expect(logged).toEqual({ lead: 'lead-1', command: 'command-1', error: 'Error', code });
  });

  it('is never quoted', async () => {
    const { failure, logged } = await failing(new TypeError('secret'));
    expect(logged).toMatchObject({ error: 'TypeError', code: null });
    expect(JSON.stringify([failure, logged])).not.toContain('secret');
  });
});
