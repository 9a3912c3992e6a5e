import type { Clock } from '../clock.js';
import type { ApplyTransaction } from './apply-transaction.js';
import { accountOfDomain } from './account.js';
import { faultOfSignal } from './ingest-check.js';
import { sortableId } from './ingest-identity.js';
import type { AccountSignal, SignalResult } from './ingest.types.js';
import { addSignal, knownSignals } from './intent-store.js';

/** Takes in what accounts look for elsewhere; their leads are scored by a job. */
export async function ingestSignals(
  tx: ApplyTransaction,
  signals: readonly AccountSignal[],
  clock: Clock,
): Promise<readonly SignalResult[]> {
  const now = clock.now();
  const seen = new Set(await knownSignals(tx.manager, signals));
  const accounts = new Set<string>();
  const results = signals.map(({ domain, ...event }, index): SignalResult => {
    const signal = { occurredAt: now, ...event };
    const fault = faultOfSignal(signal, now);
    if (fault !== null) return { index, status: 'fault', fault };
    const account = accountOfDomain(domain);
    if (account === null) {
      const detail = 'this is a domain of no account: anybody can have an address there';
      return { index, status: 'fault', fault: { code: 'no_account', path: '/account/domain', detail } };
    }
    const key = `${signal.source} ${signal.id}`;
    if (seen.has(key)) return { index, status: 'duplicate' };
    seen.add(key);
    addSignal(tx.writes, account, { ...signal, eventId: sortableId('ev', now) }, now);
    accounts.add(account);
    return { index, status: 'recorded' };
  });
  for (const account of accounts) tx.jobs.push({ name: 'intent.account', payload: { account, after: null } });
  return results;
}
