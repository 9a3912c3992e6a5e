import { z } from 'zod';
import type { LeadView } from '../../src/domain/journey/apply.types.js';
import { describeProblem, type BatonApi } from '../../src/feed/baton-api.js';
import { leadView } from '../../src/http/schemas/lead.schemas.js';
import type { AnswerLog } from './answer-log.js';
import { nextStep, type Cast, type PlayedLead, type Step } from './next-step.js';
import { must } from './setup.js';

const detail = z.looseObject({ lead: leadView });
const done = z.object({ lead: leadView });

interface Tracked {
  readonly lead: PlayedLead;
  /** Newest journal row that was looked at: the lead is left alone until there is a newer one. */
  seq: number;
  busy: boolean;
  resting: boolean;
}

/** Plays everybody who works with the leads, one command at a time on each. */
export class Player {
  readonly #tracked = new Map<string, Tracked>();

  constructor(
    private readonly api: BatonApi,
    private readonly cast: Cast,
    private readonly log: AnswerLog,
  ) {}

  add(lead: PlayedLead): void {
    if (this.#tracked.has(lead.id)) return;
    this.#tracked.set(lead.id, { lead, seq: 0, busy: false, resting: false });
    this.log.add({ did: 'captured', lead, stage: 'inquiry' });
  }

  get size(): number {
    return this.#tracked.size;
  }

  /** Leads that still move. */
  get moving(): readonly PlayedLead[] {
    return [...this.#tracked.values()].filter(({ resting }) => !resting).map(({ lead }) => lead);
  }

  /** Whether something has happened to this lead since it was last looked at. */
  wants(id: string, seq: number): boolean {
    const tracked = this.#tracked.get(id);
    return tracked !== undefined && !tracked.busy && seq > tracked.seq;
  }

  /** Does what there is to do with a lead, until somebody else has to. */
  async play(id: string): Promise<void> {
    const tracked = this.#tracked.get(id);
    if (tracked === undefined || tracked.busy) return;
    tracked.busy = true;
    try {
      let view: LeadView | null = await this.#look(tracked);
      while (view !== null) {
        tracked.seq = view.seq;
        const step = nextStep(tracked.lead, view, this.cast);
        tracked.resting = step.do === 'rest';
        view = await this.#take(tracked, view, step);
      }
    } finally {
      tracked.busy = false;
    }
  }

  async #look({ lead }: Tracked): Promise<LeadView> {
    const { body } = await must(this.api, { method: 'GET', path: `/v1/leads/${lead.id}` });
    const view = detail.parse(body).lead;
    this.log.add({ did: 'seen', lead, stage: view.stage });
    return view;
  }

  /** @returns where the lead stands then, or null when there is nothing more to do now */
  async #take(tracked: Tracked, view: LeadView, step: Step): Promise<LeadView | null> {
    const { lead } = tracked;
    if (step.do === 'silence') this.log.add({ did: 'silence', lead, rep: step.rep });
    if (step.do !== 'command') return null;
    const { command, body, as } = step;
    const answer = await this.api({
      method: 'POST',
      path: `/v1/leads/${lead.id}/${command.replaceAll('_', '-')}`,
      body,
      // The same row and command is the same wish, also when the connection broke after it was carried out.
      key: `demo-${lead.id}-${view.seq}-${command}`,
      ...(as === null ? {} : { rep: as }),
    });
    if (answer.status === 200) {
      const after = done.parse(answer.body).lead;
      this.log.add({ did: 'command', lead, command, stage: after.stage });
      return after;
    }
    // 409: the clock was faster. 503: nobody could decide in time, and may yet. Either way, look again.
    if (answer.status === 503) tracked.seq = 0;
    else if (answer.status !== 409)
      throw new Error(`${command} on lead ${lead.id}: ${describeProblem(answer)}`);
    this.log.add({ did: 'refused', lead, command, why: describeProblem(answer) });
    return null;
  }
}
