import { checkAnswers } from './answers.js';
import { checkDeadlines } from './deadlines.js';
import { checkDeliveries, checkInputs, checkRotation } from './effects.js';
import { checkEvents, checkLeads } from './lost-leads.js';
import { checkOwnership } from './ownership.js';
import type {
  DeliveryRecord,
  EventRecord,
  LeadRecord,
  PoolRecord,
  ReceivedMessage,
  SentCommand,
  SentLead,
  Violation,
} from './records.js';

/** What the client knows by itself. */
export interface ClientRecords {
  readonly leads: readonly SentLead[];
  readonly commands: readonly SentCommand[];
  readonly events: readonly Omit<EventRecord, 'lead'>[];
}

/** What database and Temporal hold, all of one instant. */
export interface ProductRecords {
  readonly leads: readonly LeadRecord[];
  readonly events: readonly EventRecord[];
  readonly deliveries: readonly DeliveryRecord[];
  readonly pools: readonly PoolRecord[];
  /** What was due before this has been applied. */
  readonly asOf: number;
}

export interface Listener {
  readonly webhook: string;
  readonly received: readonly ReceivedMessage[];
}

export interface CheckReport {
  readonly violations: readonly Violation[];
  readonly deadlinesApplied: number;
  readonly deadlinesStale: number;
}

/** Holds everything that the product has against everything that it was asked and has told. */
export function checkAll(client: ClientRecords, product: ProductRecords, listener: Listener): CheckReport {
  const { leads, events, deliveries, pools, asOf } = product;
  const deadlines = leads.map((lead) => checkDeadlines(lead, asOf));
  const sum = (of: 'applied' | 'stale'): number => deadlines.reduce((total, count) => total + count[of], 0);
  return {
    violations: [
      ...checkLeads(client.leads, leads),
      ...checkEvents(client.events, events),
      ...leads.flatMap(checkOwnership),
      ...leads.flatMap(checkInputs),
      ...checkDeliveries(listener.webhook, leads, deliveries, listener.received),
      ...checkRotation(pools, leads),
      ...deadlines.flatMap(({ violations }) => violations),
      ...checkAnswers(client.commands, leads),
    ],
    deadlinesApplied: sum('applied'),
    deadlinesStale: sum('stale'),
  };
}
