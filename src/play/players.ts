import { z } from 'zod';
import type { LeadView } from '../domain/journey/apply.types.js';
import { describeProblem, type ApiAnswer } from '../feed/baton-api.js';
import { leadView } from '../http/schemas/lead.schemas.js';
import { KeyedLimiter } from '../leads/keyed-limiter.js';
import type { PlayContext } from './context.js';
import type { Attempt, DataSet, PlayedLead, Scene, Step } from './data-set.js';
import { must } from './must.js';

type Acting = Extract<Step, { readonly name: string }>;
type Doing = Extract<Acting, { readonly after: number }>;

interface Played<L> {
  readonly lead: L;
  readonly id: string;
  readonly done: Set<string>;
  readonly decided: Set<string>;
  /** Newest journal row that was looked at. */
  seq: number;
  last: Attempt | null;
  /** The lead has done all that it ever does. */
  silent: boolean;
  /** What is about to be done, and how to call it off. */
  plan: { readonly name: string; readonly cancel: () => void } | null;
  /** A look at it is on its way. */
  looking: boolean;
  resting: boolean;
  /** Looks and refusals in a row that led nowhere: the next one waits longer. */
  inVain: number;
}

const done = z.object({ lead: leadView, seq: z.number() });
const detail = z.looseObject({ lead: leadView });
const refusal = z.looseObject({ code: z.string(), seq: z.number().nullable().optional() });

const NOTHING = (): void => undefined;
const LOOK_AGAIN_MS = 1_000;
const LONGEST_LOOK_MS = 30_000;

/** Plays everybody who works with the leads: one step at a time on each, as the data set says. */
export class Players<L extends PlayedLead> {
  readonly #played = new Map<string, Played<L>>();
  readonly #byId = new Map<string, Played<L>>();
  readonly #turns = new KeyedLimiter(1);

  constructor(
    private readonly context: PlayContext,
    private readonly data: DataSet<L>,
    private readonly scenery: Pick<Scene, 'seed' | 'clocks' | 'real'>,
  ) {}

  get size(): number {
    return this.#played.size;
  }

  /** External ids of the leads that somebody or something still moves. */
  get moving(): readonly string[] {
    return [...this.#played.values()].flatMap(({ resting, lead }) => (resting ? [] : [lead.externalId]));
  }

  add(lead: L, id: string): void {
    if (this.#played.has(lead.externalId)) return;
    const played: Played<L> = {
      lead,
      id,
      done: new Set(),
      decided: new Set(),
      seq: 0,
      last: null,
      silent: false,
      plan: null,
      looking: false,
      resting: false,
      inVain: 0,
    };
    this.#played.set(lead.externalId, played);
    this.#byId.set(id, played);
    this.#look(played);
  }

  /** The lead does nothing more from now on. */
  fallSilent(externalId: string): void {
    const played = this.#played.get(externalId);
    if (played === undefined) return;
    played.silent = true;
    this.#look(played);
  }

  /** A lead has come to this row of its journal. */
  notice(id: string, seq: number): void {
    const played = this.#byId.get(id);
    if (played !== undefined && seq > played.seq) this.#look(played);
  }

  /** Looks at the lead when what is being done with it just now is over. */
  #look(played: Played<L>): void {
    if (played.looking) return;
    played.looking = true;
    this.#inTurn(played, async () => {
      played.looking = false;
      this.#consider(played, await this.#view(played));
    });
  }

  /** One thing at a time on a lead. */
  #inTurn({ lead }: Played<L>, work: () => Promise<void>): void {
    this.context.run(() => this.#turns.run(lead.externalId, work));
  }

  async #view({ id }: Played<L>): Promise<LeadView> {
    const { body } = await this.context.lane(() =>
      must(this.context.api, { method: 'GET', path: `/v1/leads/${id}` }),
    );
    return detail.parse(body).lead;
  }

  /** Decides what is done next where the lead stands now. */
  #consider(played: Played<L>, view: LeadView): void {
    const { lead } = played;
    if (view.seq > played.seq) {
      this.context.log.add({ did: 'seen', lead: lead.externalId, seq: view.seq, stage: view.stage });
      played.inVain = 0;
    }
    played.seq = view.seq;
    const { handOff } = view;
    if (handOff?.rep != null) played.last = { n: handOff.n, kind: handOff.kind, attempt: handOff.attempt };
    const { done: finished, last, silent } = played;
    const step = this.data.nextStep(lead, { ...this.scenery, view, done: finished, last, silent });
    played.resting = step.do === 'rest';
    if ('name' in step) {
      // Reminders and the like change nothing about what somebody is about to do.
      if (played.plan?.name === step.name) return;
      this.#note(played, step);
    }
    played.plan?.cancel();
    played.plan = null;
    if (step.do === 'command' || step.do === 'event') this.#plan(played, view, step);
    else if (step.do !== 'rest') this.#lookLater(played);
  }

  #note({ lead, decided }: Played<L>, step: Acting): void {
    if (decided.has(step.name)) return;
    decided.add(step.name);
    this.context.log.add({ did: 'decided', lead: lead.externalId, step: step.name, what: whatOf(step) });
  }

  #plan(played: Played<L>, view: LeadView, step: Doing): void {
    const plan = { name: step.name, cancel: NOTHING };
    played.plan = plan;
    plan.cancel = this.context.timers.after(step.after, () => {
      this.#inTurn(played, async () => {
        // They have changed their mind while it was not yet their turn.
        if (played.plan !== plan) return;
        played.plan = null;
        await (step.do === 'command' ? this.#command(played, view, step) : this.#event(played, step));
      });
    });
  }

  /** Nobody here moves it. The list tells when it has moved; this is for what the list does not show. */
  #lookLater(played: Played<L>): void {
    const wait = Math.min(LONGEST_LOOK_MS, LOOK_AGAIN_MS * 2 ** played.inVain);
    played.inVain += 1;
    const cancel = this.context.timers.after(wait, () => {
      this.#look(played);
    });
    played.plan = { name: '', cancel };
  }

  async #command(
    played: Played<L>,
    { seq }: LeadView,
    step: Extract<Step, { do: 'command' }>,
  ): Promise<void> {
    const { lead, id } = played;
    const { command, as } = step;
    const key = this.context.key(lead.externalId, `${step.name}:${seq}`);
    const answer = await this.context.awaited(() =>
      this.context.api({
        method: 'POST',
        path: `/v1/leads/${id}/${command.replaceAll('_', '-')}`,
        body: step.body,
        key,
        ...(as === null ? {} : { rep: as }),
      }),
    );
    const sent = { lead: lead.externalId, id, command, as, key };
    if (answer.status === 200) {
      const after = done.parse(answer.body);
      played.done.add(step.name);
      this.context.log.add({ did: 'answered', ...sent, seq: after.seq, stage: after.lead.stage });
      this.#consider(played, after.lead);
      return;
    }
    if (answer.status !== 409)
      throw new Error(`${command} on lead ${id}: ${answer.status} ${describeProblem(answer)}`);
    this.context.log.add({ did: 'refused', ...sent, ...refusalOf(answer) });
    // The clock was faster, or somebody else: they look again, later if it was in vain before.
    this.#lookLater(played);
  }

  async #event(played: Played<L>, step: Extract<Step, { do: 'event' }>): Promise<void> {
    const { externalId } = played.lead;
    const { kind, properties, name } = step;
    const body = {
      lead: { externalIds: [{ source: this.data.source, id: externalId }] },
      source: `${this.data.name}-people`,
      id: `${externalId}:${name}`,
      kind,
      properties,
    };
    this.context.log.add({ did: 'sent', lead: externalId, what: 'event', body });
    await this.context.lane(() =>
      must(this.context.api, {
        method: 'POST',
        path: '/v1/events',
        body,
        key: this.context.key(externalId, name),
      }),
    );
    played.done.add(name);
    this.#consider(played, await this.#view(played));
  }
}

function refusalOf(answer: ApiAnswer): { code: string; seq: number | null; why: string } {
  const { code, seq = null } = refusal.parse(answer.body);
  return { code, seq, why: describeProblem(answer) };
}

/** A decision in a few words. Not who: whose turn it is depends on the traffic. */
function whatOf(step: Acting): string {
  switch (step.do) {
    case 'silence':
      return 'silence';
    case 'event':
      return step.kind;
    case 'command':
      return [step.command, ...Object.values(step.body).map(String)].join(' ');
  }
}
