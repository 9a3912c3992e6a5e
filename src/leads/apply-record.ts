import { ASSIGNMENT, DELIVERY, JOURNAL, STAGE_ENTRY } from '../db/tables.js';
import { canonical } from '../domain/canonical.js';
import { evolve } from '../domain/journey/evolve.js';
import { holders, type Journey } from '../domain/journey/journey.js';
import { ENGINE, type Row } from '../domain/journey/row.js';
import { nextLink } from '../journal/chain.js';
import { carryOut, nameOf } from '../playbooks/carry-out.js';
import { savePlaybooks } from '../playbooks/save-row.js';
import type { ApplyTransaction } from './apply-transaction.js';
import type { LockedLead } from './lead-store.js';
import { saveQueue } from './pool-queue-store.js';
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
  const headHash = appendToJournal(tx, lead.headHash, row);
  if ('transitions' in row.result) {
    const policy = await tx.policies.byHash(tx.manager, row.policy);
    saveStageEntries(tx, row);
    await saveHolders(tx, before, after);
    saveQueue(tx, before, after);
    saveEffects(tx, row, after);
    savePlaybooks(tx, row, policy, before, after);
  }
  return { row, lead: { ...lead, journey: after, headHash, suppressed: 0 } };
}

function appendToJournal({ writes, journalKey }: ApplyTransaction, prevHash: string, row: Row): string {
  const bytes = canonical(row);
  const { hash, mac, keyId } = nextLink(journalKey, prevHash, bytes);
  const { id, kind, at, occurred } = row.input;
  writes.insert(JOURNAL, {
    lead_id: row.lead,
    seq: row.seq,
    input_id: id,
    kind,
    bytes,
    prev_hash: prevHash,
    hash,
    mac,
    key_id: keyId,
    at,
    occurred_at: occurred,
  });
  return hash;
}

function saveStageEntries({ writes }: ApplyTransaction, { lead, seq, input, result }: Row): void {
  if (!('transitions' in result)) return;
  for (const [i, transition] of result.transitions.entries()) {
    if (transition.type !== 'stage_entered') continue;
    const { stage, level, reason } = transition;
    const { at, occurred } = input;
    writes.insert(STAGE_ENTRY, { lead_id: lead, seq, i, stage, level, reason, at, occurred_at: occurred });
  }
}

/** Who holds the lead, as the caps count it. The locks of these reps are held from here on at the latest. */
async function saveHolders(tx: ApplyTransaction, before: Journey, after: Journey): Promise<void> {
  const [had, has] = [holders(before), holders(after)];
  const gone = had.filter(({ rep }) => !has.some((held) => held.rep === rep)).map(({ rep }) => rep);
  const come = has.filter(({ rep, role }) => !had.some((held) => held.rep === rep && held.role === role));
  await lockReps(tx, [...gone, ...come.map(({ rep }) => rep)]);
  for (const rep of gone) tx.writes.remove(ASSIGNMENT, { lead_id: after.lead, rep_id: rep });
  for (const { rep, role } of come) {
    tx.writes.insert(ASSIGNMENT, { lead_id: after.lead, rep_id: rep, role, since: after.at });
  }
}

function saveEffects({ writes, room }: ApplyTransaction, row: Row, after: Journey): void {
  const { lead, seq, input, result } = row;
  if (!('effects' in result)) return;
  for (const [i, effect] of result.effects.entries()) {
    if (effect.type === 'capacity_freed') {
      room.reps.add(effect.rep);
      continue;
    }
    if (effect.type !== 'notify') {
      const { playbook: id } = effect;
      carryOut(writes, effect, { kind: 'playbook', id, seq, i, part: '', step: null }, after, input.at);
      continue;
    }
    const { to, about } = effect;
    const who = { recipient_kind: to.kind, recipient: nameOf(to) };
    const what = { about, rule: null, step: null, topic: null, text: null };
    writes.insert(DELIVERY, { lead_id: lead, seq, i, part: '', ...what, ...who, created_at: input.at });
  }
}
