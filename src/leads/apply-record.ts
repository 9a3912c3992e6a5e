import { randomUUID } from 'node:crypto';
import { instantParam, optionalInstantParam } from '../db/column-types.js';
import { canonical } from '../domain/canonical.js';
import { evolve } from '../domain/journey/evolve.js';
import { holders, type Journey } from '../domain/journey/journey.js';
import { ENGINE, type Row } from '../domain/journey/row.js';
import { nextLink } from '../journal/chain.js';
import type { ApplyTransaction } from './apply-transaction.js';
import type { LockedLead } from './lead-store.js';
import { saveQueue, wakePoolsOf } from './pool-queue-store.js';
import { lockReps } from './pool-store.js';

/** What a row is made of beside what the lead itself tells. */
export type NewRow = Pick<Row, 'input' | 'facts' | 'policy' | 'result'>;

/** Appends a journal row and writes all that follows from it, but for the lead's own columns. */
export async function recordRow(
  tx: ApplyTransaction,
  lead: LockedLead,
  content: NewRow,
): Promise<{ readonly row: Row; readonly lead: LockedLead }> {
  const before = lead.journey;
  const draft: Row = {
    engine: ENGINE,
    lead: before.lead,
    seq: before.seq + 1,
    ...content,
    tz: process.versions.tz ?? 'unknown',
    suppressed: lead.suppressed,
    deadlines: [],
  };
  const after = evolve(before, draft);
  const row: Row = { ...draft, deadlines: after.deadlines };
  const headHash = await appendToJournal(tx, lead.headHash, row);
  if ('transitions' in row.result) {
    await saveStageEntries(tx, row);
    await saveHolders(tx, before, after);
    await saveQueue(tx, before, after);
    await saveEffects(tx, row);
  }
  return { row, lead: { ...lead, journey: after, headHash, suppressed: 0 } };
}

async function appendToJournal(tx: ApplyTransaction, prevHash: string, row: Row): Promise<string> {
  const bytes = canonical(row);
  const { hash, mac, keyId } = nextLink(tx.journalKey, prevHash, bytes);
  const { id, kind, at, occurred } = row.input;
  await tx.manager.query(
    `insert into journal (lead_id, seq, input_id, kind, bytes, prev_hash, hash, mac, key_id, at, occurred_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      row.lead,
      row.seq,
      id,
      kind,
      bytes,
      prevHash,
      hash,
      mac,
      keyId,
      instantParam(at),
      optionalInstantParam(occurred),
    ],
  );
  return hash;
}

async function saveStageEntries(tx: ApplyTransaction, { lead, seq, input, result }: Row): Promise<void> {
  if (!('transitions' in result)) return;
  for (const [i, transition] of result.transitions.entries()) {
    if (transition.type !== 'stage_entered') continue;
    const { stage, level, reason } = transition;
    await tx.manager.query(
      `insert into stage_entry (lead_id, seq, i, stage, level, reason, at, occurred_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [lead, seq, i, stage, level, reason, instantParam(input.at), optionalInstantParam(input.occurred)],
    );
  }
}

/** Who holds the lead, as the caps count it. The locks of these reps are held from here on at the latest. */
async function saveHolders(tx: ApplyTransaction, before: Journey, after: Journey): Promise<void> {
  const [had, has] = [holders(before), holders(after)];
  const gone = had.filter(({ rep }) => !has.some((held) => held.rep === rep)).map(({ rep }) => rep);
  const come = has.filter(({ rep, role }) => !had.some((held) => held.rep === rep && held.role === role));
  if (gone.length === 0 && come.length === 0) return;
  await lockReps(tx.manager, [...gone, ...come.map(({ rep }) => rep)]);
  if (gone.length > 0) {
    await tx.manager.query('delete from assignment where lead_id = $1 and rep_id = any($2)', [
      after.lead,
      gone,
    ]);
  }
  for (const { rep, role } of come) {
    await tx.manager.query(
      `insert into assignment (lead_id, rep_id, role, since) values ($1, $2, $3, $4)
       on conflict (lead_id, rep_id) do update set role = excluded.role`,
      [after.lead, rep, role, instantParam(after.at)],
    );
  }
}

async function saveEffects(tx: ApplyTransaction, { lead, seq, input, result }: Row): Promise<void> {
  if (!('effects' in result) || result.effects.length === 0) return;
  await wakePoolsOf(
    tx,
    result.effects.flatMap((effect) => (effect.type === 'capacity_freed' ? [effect.rep] : [])),
  );
  if (!result.effects.some(({ type }) => type === 'notify')) return;
  const webhooks = await tx.manager.query<{ id: string }[]>(
    'select id from webhook where active order by id',
  );
  for (const [i, effect] of result.effects.entries()) {
    if (effect.type !== 'notify') continue;
    const { to, about } = effect;
    const recipient = to.kind === 'rep' ? to.id : to.kind === 'team' ? to.team : null;
    for (const webhook of webhooks.length === 0 ? [null] : webhooks) {
      const id = `dl_${randomUUID()}`;
      await tx.manager.query(
        `insert into delivery (id, lead_id, seq, i, about, recipient_kind, recipient, webhook_id, status, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          id,
          lead,
          seq,
          i,
          about,
          to.kind,
          recipient,
          webhook?.id ?? null,
          webhook === null ? 'no_endpoint' : 'pending',
          instantParam(input.at),
        ],
      );
      if (webhook !== null) tx.jobs.push({ name: 'deliver', payload: { deliveryId: id } });
    }
  }
}
