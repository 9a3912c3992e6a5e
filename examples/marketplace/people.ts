import type { LeadView } from '../../src/domain/journey/apply.types.js';
import type { Command } from '../../src/domain/journey/inputs.js';
import type { Attempt, PlayedLead, Properties, Scene, Step } from '../../src/play/data-set.js';
import { choose, draw } from '../../src/play/draw.js';
import type { Deal } from './deals.js';

export interface MarketplaceLead extends PlayedLead {
  /** As a code; null where the file has none. */
  readonly origin: string | null;
  /** What became of it in the data; null: nothing. */
  readonly deal: Deal | null;
}

export interface Teams {
  readonly sdrs: readonly string[];
  readonly aes: readonly string[];
}

const command = (name: string, kind: Command, body: Properties, as: string | null): Step => ({
  do: 'command',
  name,
  command: kind,
  body,
  as,
  after: 0,
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
export function nextStep(lead: MarketplaceLead, scene: Scene, teams: Teams): Step {
  const { view } = scene;
  switch (view.situation) {
    case 'inquiry':
    case 'mql.early':
      if (scoredTo(lead.origin) !== view.situation) return WAIT;
      return lead.deal === null ? REST : command('hand_off', 'hand_off', { reason: 'recorded_deal' }, null);
    case 'mql.offered':
    case 'sql.offered':
      return answerOffer(lead, scene);
    case 'mql.assigned':
      return command('accept', 'accept', {}, view.handOff?.rep ?? null);
    case 'mql.queued':
    case 'mql.escalated':
      return pickUp(lead, scene, lead.deal?.sdr ?? null, teams.sdrs);
    case 'sql.queued':
    case 'sql.escalated':
      return pickUp(lead, scene, lead.deal?.ae ?? null, teams.aes);
    case 'sal':
      return work(lead, scene);
    case 'sql':
    case 'opportunity':
      return close(lead, scene);
    default:
      return REST;
  }
}

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
/** After so many who did not, the next one accepts: escalated leads come to an end. */
const MOST_UNWILLING = 3;

/** Whoever has it: whose turn it is depends on the traffic, the decision does not. */
function answerOffer({ externalId }: MarketplaceLead, { view, last, seed }: Scene): Step {
  const rep = view.handOff?.rep ?? null;
  if (last === null || rep === null) return WAIT;
  const name = nameOf(last);
  const answer =
    last.attempt > MOST_UNWILLING ? 'accept' : choose(ANSWERS, draw(seed, 'answer', externalId, name));
  switch (answer) {
    case 'silence':
      return { do: 'silence', name };
    case 'decline':
      return command(
        name,
        'decline',
        { reason: choose(DECLINES, draw(seed, 'decline', externalId, name)) },
        rep,
      );
    case 'accept':
      return command(name, 'accept', {}, rep);
  }
}

const nameOf = ({ n, kind, attempt }: Attempt): string => `${kind}.${n}.${attempt}`;

/** The manager sets who had it in the data. */
const reassign = (name: string, rep: string): Step =>
  command(name, 'reassign', { rep, reason: 'as_recorded' }, null);

/** Somebody claims what nobody has accepted; who had it before may not, so the next time it is somebody else. */
function pickUp(
  { externalId }: MarketplaceLead,
  { view, seed }: Scene,
  wanted: string | null,
  reps: readonly string[],
): Step {
  const name = `pick_up.${view.handOff?.n ?? 0}.${view.handOff?.attempt ?? 0}`;
  if (wanted !== null) return reassign(name, wanted);
  const first = Math.floor(draw(seed, 'claim', externalId) * reps.length);
  const rep = reps[(first + view.seq) % reps.length];
  if (rep === undefined) return WAIT;
  // In a small team all have had it, and only the manager can give it to one of them again.
  const allHadIt = (view.handOff?.attempt ?? 0) >= reps.length;
  return allHadIt ? reassign(name, rep) : command(name, 'claim', {}, rep);
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

function work({ externalId, deal }: MarketplaceLead, { view, seed }: Scene): Step {
  const owner = view.owners.sdr;
  const fate = deal === null ? choose(FATES, draw(seed, 'fate', externalId)) : 'won';
  if (deal !== null && owner !== deal.sdr) return reassign('sdr.as_recorded', deal.sdr);
  switch (fate) {
    case 'stay':
      return REST;
    case 'not_a_fit':
    case 'bad_timing':
      return command('reject', 'reject', { reason: fate }, owner);
    default:
      if (view.criteria['catalogue'] === 'confirmed') return command('qualify', 'qualify', {}, owner);
      return command(
        'qualification',
        'qualification',
        { criterion: 'catalogue', answer: 'confirmed' },
        owner,
      );
  }
}

function close({ deal, externalId }: MarketplaceLead, { view, seed }: Scene): Step {
  const { ae } = view.owners;
  if (deal === null) {
    return command(
      'lost',
      'lost',
      { reason: choose(LOSSES, draw(seed, 'lost', externalId)) },
      holderOf(view),
    );
  }
  if (ae !== null && ae !== deal.ae) return reassign('ae.as_recorded', deal.ae);
  if (view.situation === 'opportunity') return command('won', 'won', { occurred: deal.wonAt }, ae);
  return command('opportunity', 'opportunity', { reference: `deal-${externalId.slice(0, 12)}` }, ae);
}

const holderOf = ({ owners }: LeadView): string | null => owners.ae ?? owners.sdr;
