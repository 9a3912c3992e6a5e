import type { LeadView } from '../../src/domain/journey/apply.types.js';
import type { Command } from '../../src/domain/journey/inputs.js';
import { choose, draw } from '../../src/play/draw.js';
import type { Deal } from './deals.js';

/** A lead that the driver plays. */
export interface PlayedLead {
  readonly id: string;
  readonly externalId: string;
  /** As a code; null where the file has none. */
  readonly origin: string | null;
  /** What became of it in the data; null: nothing. */
  readonly deal: Deal | null;
}

export interface Cast {
  readonly seed: number;
  /** Who picks up what nobody has accepted. */
  readonly sdrs: readonly string[];
  readonly aes: readonly string[];
}

/** What the driver does next. */
export type Step =
  | {
      readonly do: 'command';
      readonly command: Command;
      readonly body: object;
      /** Null: as the manager. */
      readonly as: string | null;
    }
  /** The rep says nothing: the clock decides. */
  | { readonly do: 'silence'; readonly rep: string }
  /** Nothing now: something else moves the lead. */
  | { readonly do: 'wait' }
  /** The lead stays where it is. */
  | { readonly do: 'rest' };

const command = (name: Command, body: object, as: string | null): Step => ({
  do: 'command',
  command: name,
  body,
  as,
});
const WAIT: Step = { do: 'wait' };
const REST: Step = { do: 'rest' };

/** Where the policy's points take a lead by its origin: what to wait for before anything is done by hand. */
function scoredTo(origin: string | null): 'inquiry' | 'mql.early' | 'hand-off' {
  switch (origin) {
    case 'unknown':
    case 'direct_traffic':
    case 'organic_search':
    case 'paid_search':
    case 'referral':
      return 'hand-off';
    case 'social':
    case 'email':
    case 'display':
      return 'mql.early';
    default:
      return 'inquiry';
  }
}

/** What those who work with this lead do where it stands: seeded, and the data's truth for deals. */
export function nextStep(lead: PlayedLead, view: LeadView, cast: Cast): Step {
  switch (view.situation) {
    case 'inquiry':
    case 'mql.early':
      if (scoredTo(lead.origin) !== view.situation) return WAIT;
      return lead.deal === null ? REST : command('hand_off', HAND_OVER, null);
    case 'mql.offered':
    case 'sql.offered':
      return answerOffer(lead, view, cast);
    case 'mql.assigned':
      return command('accept', {}, view.handOff?.rep ?? null);
    case 'mql.queued':
    case 'mql.escalated':
      return pickUp(lead, view, lead.deal?.sdr ?? null, cast.sdrs, cast);
    case 'sql.queued':
    case 'sql.escalated':
      return pickUp(lead, view, lead.deal?.ae ?? null, cast.aes, cast);
    case 'sal':
      return work(lead, view, cast);
    case 'sql':
    case 'opportunity':
      return close(lead, view, cast);
    default:
      return REST;
  }
}

const HAND_OVER = { reason: 'recorded_deal' };

/** How a rep answers an offer, and how often. */
const ANSWERS = [
  ['accept', 70],
  ['decline', 15],
  ['silence', 15],
] as const;
const DECLINES = [
  ['no_time', 3],
  ['wrong_territory', 1],
  ['conflict_of_interest', 1],
] as const;

function answerOffer({ externalId, deal }: PlayedLead, view: LeadView, { seed }: Cast): Step {
  const { handOff } = view;
  const rep = handOff?.rep ?? null;
  if (handOff === null || rep === null) return WAIT;
  const wanted = deal === null ? null : handOff.kind === 'sdr' ? deal.sdr : deal.ae;
  if (rep === wanted) return command('accept', {}, rep);
  const labels = [externalId, handOff.kind, rep] as const;
  switch (choose(ANSWERS, draw(seed, 'answer', ...labels))) {
    case 'silence':
      return { do: 'silence', rep };
    case 'decline':
      return command('decline', { reason: choose(DECLINES, draw(seed, 'decline', ...labels)) }, rep);
    case 'accept':
      return wanted === null ? command('accept', {}, rep) : reassign(wanted);
  }
}

/** The manager sets who had it in the data; that rep still has to accept. */
const reassign = (rep: string): Step => command('reassign', { rep, reason: 'as_recorded' }, null);

/** Somebody claims what nobody has accepted; who had it before may not, so the next time it is somebody else. */
function pickUp(
  { externalId }: PlayedLead,
  { seq }: LeadView,
  wanted: string | null,
  reps: readonly string[],
  { seed }: Cast,
): Step {
  if (wanted !== null) return reassign(wanted);
  const first = Math.floor(draw(seed, 'claim', externalId) * reps.length);
  const rep = reps[(first + seq) % reps.length];
  return rep === undefined ? WAIT : command('claim', {}, rep);
}

/** What becomes of an accepted lead that is no deal. */
const FATES = [
  ['stay', 30],
  ['not_a_fit', 20],
  ['bad_timing', 25],
  ['lost', 25],
] as const;
/** The first two can be recycled. */
const LOSSES = [
  ['fees', 3],
  ['no_decision', 2],
  ['not_a_fit', 3],
] as const;

const fateOf = ({ externalId }: PlayedLead, { seed }: Cast) => choose(FATES, draw(seed, 'fate', externalId));

function work(lead: PlayedLead, view: LeadView, cast: Cast): Step {
  const owner = view.owners.sdr;
  const fate = lead.deal === null ? fateOf(lead, cast) : 'won';
  if (lead.deal !== null && owner !== lead.deal.sdr) return reassign(lead.deal.sdr);
  switch (fate) {
    case 'stay':
      return REST;
    case 'not_a_fit':
    case 'bad_timing':
      return command('reject', { reason: fate }, owner);
    default:
      if (view.criteria['catalogue'] === 'confirmed') return command('qualify', {}, owner);
      return command('qualification', { criterion: 'catalogue', answer: 'confirmed' }, owner);
  }
}

function close({ deal, externalId }: PlayedLead, view: LeadView, { seed }: Cast): Step {
  const owner = view.owners.ae;
  if (deal === null)
    return command('lost', { reason: choose(LOSSES, draw(seed, 'lost', externalId)) }, owner);
  if (view.situation === 'opportunity') return command('won', { occurred: deal.wonAt }, owner);
  return command('opportunity', { reference: `deal-${externalId.slice(0, 12)}` }, owner);
}
