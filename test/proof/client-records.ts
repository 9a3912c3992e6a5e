import { z } from 'zod';
import type { Actor } from '../../src/domain/journey/inputs.js';
import { commandOfPath } from '../../src/http/command-routes.js';
import { requestId } from '../../src/idempotency/idempotency.js';
import type { ClientRecords } from './checks/index.js';
import type { EventRecord, SentCommand, SentLead } from './checks/records.js';
import type { Exchange } from './persistent-client.js';

const happened = z.looseObject({ source: z.string(), id: z.string() });
const leadBody = z.looseObject({
  externalIds: z.array(z.object({ source: z.string(), id: z.string() })).default([]),
  events: z.array(happened).default([]),
});
const batchBody = z.looseObject({ events: z.array(happened) });
const created = z.looseObject({ id: z.string() });
const done = z.looseObject({ seq: z.number(), lead: z.looseObject({ stage: z.string() }) });
const refused = z.looseObject({ code: z.string(), seq: z.number().nullable() });

const COMMAND = /^\/v1\/leads\/([^/]+)\/([a-z-]+)$/;

/**
 * What a client's own log says that the product must hold.
 * @param keyId of the admin key that it used
 * @param resolve a lead's id by what a path calls it
 */
export function clientRecords(
  exchanges: readonly Exchange[],
  keyId: string,
  resolve: (ref: string) => string,
): ClientRecords {
  const leads: SentLead[] = [];
  const commands: SentCommand[] = [];
  const events: Omit<EventRecord, 'lead'>[] = [];
  for (const exchange of exchanges) {
    const { request, answer } = exchange;
    if (request.method !== 'POST') continue;
    const ok = answer?.status === 200;
    const [, ref = '', part = ''] = COMMAND.exec(request.path) ?? [];
    const command = commandOfPath(part);
    if (command !== undefined) {
      commands.push(commandOf(exchange, command, resolve(decodeURIComponent(ref)), keyId));
    } else if (request.path === '/v1/leads') {
      const body = leadBody.parse(request.body);
      const externalIds = body.externalIds.map(({ source, id }) => `${source}:${id}`);
      leads.push({ externalIds, id: ok ? created.parse(answer.body).id : null });
      if (ok) events.push(...body.events);
    } else if (request.path === '/v1/events' && ok) events.push(happened.parse(request.body));
    else if (request.path === '/v1/events/batch' && ok) events.push(...batchBody.parse(request.body).events);
  }
  return { leads, commands, events };
}

function commandOf(
  { request, answer }: Exchange,
  kind: NonNullable<ReturnType<typeof commandOfPath>>,
  lead: string,
  keyId: string,
): SentCommand {
  const rep = request.rep ?? null;
  const actor: Actor = { kind: 'admin', id: keyId, onBehalfOf: rep };
  if (request.key === undefined) throw new Error(`${kind} on ${lead} was sent without a key`);
  const inputId = `command:${requestId({ actor, method: 'POST', path: `/v1/leads/${lead}/${kind}` }, request.key)}`;
  const told = { lead, kind, rep, inputId, status: answer?.status ?? 0 };
  if (answer?.status === 200) {
    const { seq, lead: state } = done.parse(answer.body);
    return { ...told, seq, code: null, stage: state.stage };
  }
  const refusal = refused.safeParse(answer?.body);
  return refusal.success
    ? { ...told, seq: refusal.data.seq, code: refusal.data.code, stage: null }
    : { ...told, seq: null, code: null, stage: null };
}
