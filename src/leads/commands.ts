import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Clock } from '../clock.js';
import { inTransaction } from '../db/transaction.js';
import type { Answer } from '../domain/journey/apply.types.js';
import type { Actor, Command, CommandBodies } from '../domain/journey/inputs.js';
import type { Instant } from '../domain/time.js';
import { KeyReused, NotFound } from '../faults.js';
import { bodyHashOf, requestId } from '../idempotency/idempotency.js';
import type { ApplyDirectly } from './apply.js';
import { type StoredCommand, storeCommand } from './inbox-store.js';
import type { LeadGateway } from './lead-gateway.js';
import { type LeadHead, resolveLead } from './lead-store.js';

/** What a person asks of a lead. */
export interface CommandRequest<C extends Command = Command> {
  /** Baton's id, or `external:SOURCE:ID`. */
  readonly lead: string;
  readonly kind: C;
  readonly body: CommandBodies[C];
  /** Free text: personal evidence. */
  readonly note: string | null;
  readonly occurred: Instant | null;
  readonly actor: Actor;
  /** The Idempotency-Key; null: every request is new. */
  readonly key: string | null;
  /** The body as it was sent: by it a repeat is told from another request with the same key. */
  readonly sent: unknown;
}

export interface CommandsDeps {
  readonly dataSource: DataSource;
  readonly gateway: Pick<LeadGateway, 'command'>;
  readonly applyDirectly: ApplyDirectly;
  readonly clock: Clock;
}

export interface Commands {
  /**
   * Has a command decided; a repeat gets the stored answer.
   * @throws NotFound, KeyReused, LeadsUnavailable
   */
  run<C extends Command>(request: CommandRequest<C>): Promise<Answer>;
}

/**
 * Commands of people: stored first, in one short transaction, so that a repeat finds them whatever dies, then
 * decided by the lead's workflow, or at once where the journey has ended and there is none.
 */
export function createCommands({ dataSource, gateway, applyDirectly, clock }: CommandsDeps): Commands {
  return {
    async run(request) {
      const { lead, inputId, stored } = await inTransaction(dataSource, async (tx) => {
        const lead = await resolveLead(tx, request.lead);
        if (lead === null) throw new NotFound(`there is no lead ${request.lead}`);
        const inputId = inputIdOf(request, lead);
        const stored = await storeCommand(tx, {
          leadId: lead.id,
          inputId,
          kind: request.kind,
          actor: request.actor,
          body: request.body,
          bodyHash: bodyHashOf(request.sent, inputId),
          personal: request.note === null ? null : { note: request.note },
          occurred: request.occurred,
          receivedAt: clock.now(),
        });
        return { lead, inputId, stored };
      });
      const known = answerOf(stored);
      if (known !== null) return known;
      return lead.ended ? applyDirectly(lead.id, inputId) : gateway.command(lead.id, request.kind, inputId);
    },
  };
}

/** With a key the same for every repeat, also when one names the lead by its external id. */
function inputIdOf({ actor, kind, key }: CommandRequest, lead: LeadHead): string {
  if (key === null) return `command:${randomUUID()}`;
  return `command:${requestId({ actor, method: 'POST', path: `/v1/leads/${lead.id}/${kind}` }, key)}`;
}

function answerOf(stored: StoredCommand): Answer | null {
  if (stored.stored === 'body_differs') throw new KeyReused();
  return stored.stored === 'already' ? stored.answer : null;
}
