import type { EntityManager } from 'typeorm';
import { instantParam } from '../db/column-types.js';
import type { PendingWrites } from '../db/pending-writes.js';
import { prepared } from '../db/prepared.js';
import { INBOX } from '../db/tables.js';
import { canonical } from '../domain/canonical.js';
import type { Answer } from '../domain/journey/apply.types.js';
import type { Actor, Command, CommandBodies, Fact, FactBodies, Input } from '../domain/journey/inputs.js';
import type { Instant } from '../domain/time.js';
import { personalEvidenceOf, savePersonalEvidence } from '../journal/evidence.js';
import { SCORE_COLUMNS, type ScoreColumns } from './lead-store.js';

type Waiting<I> = I extends Input ? Omit<I, 'at' | 'score'> : never;
/** An input before the shell adds `at` and the score. */
export type WaitingInput = Waiting<Input>;

export interface NewCommand<C extends Command = Command> {
  readonly leadId: string;
  /** Hash of actor, method, path and idempotency key: the same for a repeat. */
  readonly inputId: string;
  readonly kind: C;
  readonly actor: Actor;
  readonly body: CommandBodies[C];
  /** Tells a repeat from another request with the same key. */
  readonly bodyHash: string;
  /** Free text and names that came with it; stored apart. */
  readonly personal: unknown;
  readonly occurred: Instant | null;
  readonly receivedAt: Instant;
}

export type StoredCommand =
  | { readonly stored: 'new' }
  /** The same command came before; `answer` is null while it is not decided. */
  | { readonly stored: 'already'; readonly answer: Answer | null }
  /** The same key came with another body. */
  | { readonly stored: 'body_differs' };

/** Puts a command into the lead's inbox, once. */
export async function storeCommand<C extends Command>(
  manager: EntityManager,
  command: NewCommand<C>,
): Promise<StoredCommand> {
  const { leadId, inputId, kind, actor, body, bodyHash, occurred, receivedAt } = command;
  const personal = command.personal == null ? null : personalEvidenceOf(command.personal);
  const payload = canonical({ kind, id: inputId, occurred, actor, body, personal: personal?.hash ?? null });
  const inserted = await prepared(manager, INSERT, [
    leadId,
    inputId,
    'command',
    kind,
    payload,
    bodyHash,
    instantParam(receivedAt),
  ]);
  if (inserted.length > 0) {
    if (personal !== null) await savePersonalEvidence(manager, leadId, personal);
    return { stored: 'new' };
  }
  const known = await findCommand(manager, leadId, inputId);
  if (known === null) throw new Error(`the command ${inputId} is neither new nor known`);
  return repeatOf(known, bodyHash);
}

const INSERT = `
  insert into inbox (lead_id, input_id, class, kind, payload, body_hash, received_at)
  values ($1, $2, $3, $4, $5, $6, $7) on conflict (lead_id, input_id) do nothing returning n`;

interface KnownCommand {
  readonly body_hash: string;
  readonly answer: string | null;
}

const repeatOf = (known: KnownCommand, bodyHash: string): StoredCommand =>
  known.body_hash === bodyHash
    ? { stored: 'already', answer: parseAnswer(known.answer) }
    : { stored: 'body_differs' };

async function findCommand(
  manager: EntityManager,
  leadId: string,
  inputId: string,
): Promise<KnownCommand | null> {
  const [row] = await manager.query<KnownCommand[]>(
    'select body_hash, answer from inbox where lead_id = $1 and input_id = $2',
    [leadId, inputId],
  );
  return row ?? null;
}

// We wrote it: the text is an Answer.
export const parseAnswer = (text: string | null): Answer | null =>
  text === null ? null : (JSON.parse(text) as Answer);

export interface NewFact<F extends Fact = Fact> {
  readonly leadId: string;
  readonly inputId: string;
  readonly kind: F;
  readonly actor: Actor;
  readonly body: FactBodies[F];
  readonly occurred: Instant | null;
  readonly receivedAt: Instant;
}

const payloadOf = ({ kind, inputId, occurred, actor, body }: NewFact): string =>
  canonical({ kind, id: inputId, occurred, actor, body, personal: null });

/** Puts a fact into the lead's inbox, once. The caller rings. */
export async function storeFact<F extends Fact>(manager: EntityManager, fact: NewFact<F>): Promise<boolean> {
  const { leadId, inputId, kind, receivedAt } = fact;
  const inserted = await prepared(manager, INSERT, [
    leadId,
    inputId,
    'fact',
    kind,
    payloadOf(fact),
    '',
    instantParam(receivedAt),
  ]);
  return inserted.length > 0;
}

/** The same, among the rows that a transaction writes at its end. */
export const addFact = (writes: PendingWrites, fact: NewFact): void =>
  writes.insert(INBOX, {
    lead_id: fact.leadId,
    input_id: fact.inputId,
    class: 'fact',
    kind: fact.kind,
    payload: payloadOf(fact),
    body_hash: '',
    received_at: fact.receivedAt,
    decided_seq: null,
    answer: null,
    done: false,
  });

/** The first undecided facts of a lead, and the asked-for command. */
export interface InboxView {
  readonly fact: WaitingInput | null;
  /** How many facts wait, the first one included. */
  readonly facts: number;
  readonly command: { readonly input: WaitingInput; readonly answer: Answer | null } | null;
}

interface InboxColumns {
  readonly fact: string | null;
  readonly facts: number | null;
  readonly command: string | null;
  readonly answer: string | null;
}

/** What apply may take next, and the lead's score; the lead is locked. */
export async function readWaiting(
  manager: EntityManager,
  leadId: string,
  command: string | null,
): Promise<{ readonly inbox: InboxView; readonly score: ScoreColumns | undefined }> {
  const [row] = await prepared<InboxColumns & ScoreColumns>(
    manager,
    `select f.payload as fact, f.waiting as facts, c.payload as command, c.answer, ${SCORE_COLUMNS}
       from (select 1) one
       left join score_state s on s.lead_id = $1
       left join (select payload, count(*) over () as waiting from inbox
                   where lead_id = $1 and class = 'fact' and not done order by n limit 1) f on true
       left join inbox c on c.lead_id = $1 and c.class = 'command' and c.input_id = $2`,
    [leadId, command],
  );
  const inbox: InboxView = {
    fact: row?.fact == null ? null : parseInput(row.fact),
    facts: row?.facts ?? 0,
    command:
      row?.command == null ? null : { input: parseInput(row.command), answer: parseAnswer(row.answer) },
  };
  return { inbox, score: row };
}

// We wrote it: the text is an input without `at` and score.
const parseInput = (payload: string): WaitingInput => JSON.parse(payload) as WaitingInput;

/** Closes an inbox row: decided by the journal row `seq`, or (null) without one. */
export const closeInbox = (
  writes: PendingWrites,
  leadId: string,
  inputId: string,
  seq: number | null,
  answer: Answer | null,
): void =>
  writes.change(INBOX, {
    lead_id: leadId,
    input_id: inputId,
    done: true,
    decided_seq: seq,
    answer: answer === null ? null : JSON.stringify(answer),
  });
