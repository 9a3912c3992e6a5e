import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PlayContext } from './context.js';
import type { DataSet, PlayedLead, TimedEvent } from './data-set.js';
import { must } from './must.js';

interface Waiting {
  readonly body: object;
  readonly sent: () => void;
}

const report = z.object({
  faults: z.number(),
  results: z.array(z.looseObject({ index: z.number(), status: z.string() })),
});

const GATHER_MS = 200;
const MOST_IN_A_BATCH = 100;
/** Until Baton has looked at what came last. */
const SETTLE_MS = 1_000;

/** Lets each lead do what it does after it came in: one event after the other, all leads' events in batches. */
export class Timelines {
  readonly #waiting: Waiting[] = [];
  #flushing = false;
  #open = 0;
  #sent = 0;
  #lastAt = 0;

  constructor(
    private readonly context: PlayContext,
    private readonly data: Pick<DataSet, 'name' | 'source'>,
    private readonly real: (length: number) => number,
    private readonly onSilent: (externalId: string) => void,
  ) {}

  /** Leads that have something left to do. */
  get open(): number {
    return this.#open;
  }

  get sent(): number {
    return this.#sent;
  }

  /** When the newest event was sent. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** Starts the timeline of a lead that has just come in. */
  begin(lead: PlayedLead): void {
    this.#open += 1;
    this.#next(lead, Date.now(), 0);
  }

  #next(lead: PlayedLead, since: number, i: number): void {
    const event = lead.timeline[i];
    const { timers, run } = this.context;
    if (event === undefined) {
      timers.after(SETTLE_MS, () => {
        this.#open -= 1;
        this.#lastAt = Date.now();
        this.onSilent(lead.externalId);
      });
      return;
    }
    timers.after(since + this.real(event.after) - Date.now(), () => {
      this.#waiting.push({
        body: this.#bodyOf(lead, event),
        sent: () => {
          this.#sent += 1;
          this.#next(lead, since, i + 1);
        },
      });
      timers.after(GATHER_MS, () => run(() => this.#flush()));
    });
  }

  #bodyOf({ externalId }: PlayedLead, { id, kind, properties }: TimedEvent): object {
    const { name, source } = this.data;
    const body = { lead: { externalIds: [{ source, id: externalId }] }, source: name, id, kind, properties };
    this.context.log.add({ did: 'sent', lead: externalId, what: 'event', body });
    return body;
  }

  /** One batch at a time: a lead's events arrive in their order. */
  async #flush(): Promise<void> {
    if (this.#flushing) return;
    this.#flushing = true;
    try {
      while (this.#waiting.length > 0) await this.#send(this.#waiting.splice(0, MOST_IN_A_BATCH));
    } finally {
      this.#flushing = false;
    }
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    const events = batch.map(({ body }) => body);
    const ids = createHash('sha256').update(JSON.stringify(events)).digest('hex');
    const { body } = await must(this.context.api, {
      method: 'POST',
      path: '/v1/events/batch',
      body: { events },
      key: this.context.key('', `events:${ids}`),
    });
    const { faults, results } = report.parse(body);
    if (faults > 0) {
      const faulty = results.find(({ status }) => status === 'fault');
      throw new Error(`an event was refused: ${JSON.stringify([faulty, events[faulty?.index ?? 0]])}`);
    }
    for (const { sent } of batch) sent();
  }
}
