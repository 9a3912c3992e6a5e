import { Body, Controller } from '@nestjs/common';
import type { z } from 'zod';
import type { Fault } from '../../faults.js';
import type { Writes } from '../../idempotency/idempotency.js';
import type {
  AccountSignal,
  Ingest,
  IngestResult,
  LeadEvent,
  SignalResult,
} from '../../leads/ingest.types.js';
import { ingestError, toEvent, toFault } from '../capture.js';
import { CurrentWrite, type Write } from '../current-write.js';
import { Endpoint } from '../endpoint.js';
import { endpointExamples } from '../examples/lead.examples.js';
import { checkedAs, CHECKS_ITS_ROWS } from '../schema.pipe.js';
import { batchReport, eventBatch, newEvent, recordedEvent } from '../schemas/capture.schemas.js';
import { Service } from '../service.js';

CHECKS_ITS_ROWS.add(eventBatch);

type BatchReport = z.output<typeof batchReport>;
type RowReport = BatchReport['results'][number];

/** What leads do comes in. */
@Controller()
export class EventsController {
  constructor(
    @Service('ingest') private readonly ingest: Ingest,
    @Service('writes') private readonly writes: Writes,
  ) {}

  @Endpoint({
    method: 'post',
    path: '/v1/events',
    access: 'admin',
    tag: 'events',
    summary: 'Record an event',
    description:
      'A repeat of source and id is a no-op. A lead that is not known yet is created. Intent may name an account by its domain instead of a lead.',
    status: 200,
    answers: recordedEvent,
    example: { body: endpointExamples.newEvent, answer: endpointExamples.recordedEvent },
  })
  recordEvent(
    @Body({ schema: newEvent }) body: z.output<typeof newEvent>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    return this.writes.around(write, async () => {
      const [result] = await this.ingested([toEvent(body)], write);
      if (result === undefined) throw new Error('ingest has said nothing about an event');
      if (result.status === 'fault') throw ingestError(result.fault);
      return { lead: leadOf(result), status: result.status === 'duplicate' ? 'duplicate' : 'recorded' };
    });
  }

  @Endpoint({
    method: 'post',
    path: '/v1/events/batch',
    access: 'admin',
    tag: 'events',
    summary: 'Record up to 1,000 events',
    description: 'Valid rows are recorded, faulty ones reported by index; the answer is 200 either way.',
    status: 200,
    answers: batchReport,
    example: { body: { events: [endpointExamples.newEvent] }, answer: endpointExamples.batchReport },
  })
  recordEvents(
    @Body({ schema: eventBatch }) body: z.output<typeof eventBatch>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    return this.writes.around(write, () => this.record(body.events, write));
  }

  private async record(rows: readonly unknown[], write: Write): Promise<BatchReport> {
    const checks = await Promise.all(rows.map((row) => checkedAs(newEvent, row)));
    const valid: { readonly index: number; readonly event: LeadEvent | AccountSignal }[] = [];
    const faulty: RowReport[] = [];
    checks.forEach((check, index) => {
      if (check.ok) valid.push({ index, event: toEvent(check.value) });
      else faulty.push(faultReport(index, check.faults));
    });
    const recorded = await this.ingested(
      valid.map(({ event }) => event),
      write,
    );
    const reports = recorded.map((result) => rowReport(valid[result.index]?.index ?? result.index, result));
    const results = [...reports, ...faulty].sort((a, b) => a.index - b.index);
    const count = (status: RowReport['status']): number =>
      results.filter((row) => row.status === status).length;
    return { recorded: count('recorded'), duplicates: count('duplicate'), faults: count('fault'), results };
  }

  /** What leads do, and what accounts look for elsewhere: each in its own way, told by one index. */
  private async ingested(
    rows: readonly (LeadEvent | AccountSignal)[],
    write: Write,
  ): Promise<readonly Ingested[]> {
    const numbered = rows.map((row, index) => ({ row, index }));
    const events = numbered.flatMap(({ row, index }) => ('lead' in row ? [{ row, index }] : []));
    const signals = numbered.flatMap(({ row, index }) => ('lead' in row ? [] : [{ row, index }]));
    const of = (some: readonly { readonly index: number }[], results: readonly Ingested[]): Ingested[] =>
      results.map((result) => ({ ...result, index: some[result.index]?.index ?? result.index }));
    const lead = events.map(({ row }) => row);
    const account = signals.map(({ row }) => row);
    return [
      ...(lead.length > 0 ? of(events, await this.ingest.recordEvents(lead, write.actor)) : []),
      ...(account.length > 0 ? of(signals, await this.ingest.recordSignals(account)) : []),
    ];
  }
}

type Ingested = IngestResult | SignalResult;

const leadOf = (result: Exclude<Ingested, { status: 'fault' }>): string | null =>
  'leadId' in result ? result.leadId : null;

const faultReport = (index: number, errors: readonly Fault[]): RowReport => ({
  index,
  status: 'fault',
  lead: null,
  errors: [...errors],
});

function rowReport(index: number, result: Ingested): RowReport {
  if (result.status === 'fault') return faultReport(index, [toFault(result.fault)]);
  return { index, status: result.status === 'duplicate' ? 'duplicate' : 'recorded', lead: leadOf(result) };
}
