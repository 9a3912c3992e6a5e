import type {
  AccountSignal,
  LeadCapture,
  LeadEvent,
  ReportedEvent,
  IngestFault,
} from '../leads/ingest.types.js';
import { Conflict, type Fault, InvalidInput, NotFound } from '../faults.js';
import type { z } from 'zod';
import type { newEvent, newLead } from './schemas/capture.schemas.js';

type LeadBody = Omit<z.output<typeof newLead>, 'occurredAt'> & { readonly occurredAt?: string | undefined };
type EventBody = z.output<typeof newEvent>;

/** Leaves out what is undefined: for ingest, absent and undefined are not the same. */
type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };
const given = <T extends object>(value: T): Partial<Given<T>> =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Partial<Given<T>>;

/** @param id Baton's id, where the lead is known */
export function toCapture(body: LeadBody, id?: string): LeadCapture {
  const { externalIds, email, events, occurredAt, ...details } = body;
  return {
    keys: given({ id, externalIds, email: email === undefined ? undefined : email }),
    ...given(details),
    ...given({
      events: events?.map(toHappening),
      occurredAt: occurredAt === undefined ? undefined : Date.parse(occurredAt),
    }),
  };
}

/** An event of a lead, or the signal of an account. */
export function toEvent({ lead, account, ...happening }: EventBody): LeadEvent | AccountSignal {
  const event = toHappening(happening);
  return account === undefined ? { lead: given(lead ?? {}), ...event } : { domain: account.domain, ...event };
}

const toHappening = ({ occurredAt, ...event }: Omit<EventBody, 'lead' | 'account'>): ReportedEvent => ({
  ...event,
  ...(occurredAt === undefined ? {} : { occurredAt: Date.parse(occurredAt) }),
});

export const toFault = ({ path, detail }: IngestFault): Fault => ({
  path,
  message: detail,
});

/** What a faulty single row is as an answer: 404, 409 naming both leads, or 400. */
export function ingestError(fault: IngestFault): Error {
  switch (fault.code) {
    case 'unknown_lead':
      return new NotFound(fault.detail);
    case 'identity_conflict':
    case 'not_new':
      return new Conflict(fault.code, fault.detail, { leads: fault.leads ?? [] });
    case 'no_keys':
    case 'in_the_future':
    case 'malformed_text':
    case 'no_account':
    case 'not_storable':
      return new InvalidInput([toFault(fault)]);
  }
}
