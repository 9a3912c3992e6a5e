import { HOUR, type Milliseconds } from '../../src/domain/time.js';
import type { Attempt, PlayedPool, Scene, Step } from '../../src/play/data-set.js';
import { choose, draw } from '../../src/play/draw.js';
import { act, REST, shareOf, WAIT, type EducationLead, type Moment } from './moment.js';
import { nextInSales, nextWithOwner } from './sales.js';

/** Leads that somebody holds at most. */
const COUNSELLOR_CAP = 15;

const team = (pool: string, name: string, rep: string, size: number, cap: number | null): PlayedPool => ({
  id: pool,
  name,
  reps: Array.from({ length: size }, (_, i) => ({
    id: `${rep.toLowerCase()}-${i + 1}`,
    name: `${rep} ${i + 1}`,
    cap,
  })),
});

export const POOLS: readonly PlayedPool[] = [
  team('counsellors', 'Course counsellors', 'Counsellor', 10, COUNSELLOR_CAP),
  team('advisors', 'Admissions advisors', 'Advisor', 5, null),
];

/** What those who work with the lead do where it stands. Pure: time passes elsewhere. */
export function nextStep(lead: EducationLead, scene: Scene): Step {
  const chance: Moment['chance'] = (...labels) => draw(scene.seed, lead.externalId, ...labels);
  const within: Moment['within'] = (label, least, most) =>
    scene.real(least + chance('time', label) * (most - least));
  const moment: Moment = { ...scene, lead, chance, within, round: scene.view.recycles };
  switch (scene.view.situation) {
    case 'inquiry':
    case 'mql.early':
    case 'nurture':
      return callUp(moment);
    case 'mql.offered':
      return answerOffer(moment, lead.converted ? WANTED : UNWANTED);
    case 'sql.offered':
      return answerOffer(moment, QUALIFIED);
    case 'mql.assigned':
      return answerCall(moment);
    case 'mql.escalated':
      return claim(moment, 'counsellors', lead.converted ? 0.8 : 0.5);
    case 'sql.escalated':
      return claim(moment, 'advisors', 0.7);
    case 'mql.queued':
    case 'sql.queued':
      return WAIT;
    case 'review':
      return review(moment);
    case 'sal':
      return nextWithOwner(moment);
    case 'sql':
    case 'opportunity':
      return nextInSales(moment);
    default:
      return REST;
  }
}

/** Some whom no score found are found by a person who has met them: marketing hands them over. */
const FOUND: Readonly<Record<string, number>> = { inquiry: 0.4, 'mql.early': 0.6, nurture: 0.5 };
const MOST_ROUNDS = 2;
/** Nobody goes on handing over for ever what nobody takes. */
const MOST_HAND_OFFS = 4;

const mayHandOff = ({ last }: Moment): boolean => (last?.n ?? 0) < MOST_HAND_OFFS;

function callUp(moment: Moment): Step {
  const { lead, view, silent, chance, within, round } = moment;
  const { situation } = view;
  const name = `${round}.found.${situation}`;
  const wanted = lead.converted && round <= MOST_ROUNDS && mayHandOff(moment);
  const found = wanted && chance(name) < (FOUND[situation] ?? 0);
  if (!silent || !found) return REST;
  return act(name, 'hand_off', { reason: 'met_at_open_day' }, null, within(name, 6 * HOUR, 30 * HOUR));
}

type Answer = 'accept' | 'decline' | 'silence' | 'reject';
type Answers = readonly (readonly [Answer, number])[];

/** How an offer is answered, and how often. */
const WANTED: Answers = [
  ['accept', 78],
  ['decline', 10],
  ['silence', 12],
];
const UNWANTED: Answers = [
  ['accept', 60],
  ['decline', 14],
  ['silence', 17],
  ['reject', 9],
];
const QUALIFIED: Answers = [
  ['accept', 84],
  ['decline', 7],
  ['silence', 9],
];
const DECLINES = [
  ['no_time', 5],
  ['wrong_course', 3],
  ['conflict_of_interest', 1],
] as const;
const REJECTIONS = [
  ['bad_data', 2],
  ['already_enrolled', 1],
  ['not_a_fit', 3],
] as const;

/** Which decision it is: whose turn it was does not matter, that depends on the traffic. */
const nameOf = ({ n, kind, attempt }: Attempt): string => `${kind}.${n}.${attempt}`;

function answerOffer(moment: Moment, answers: Answers): Step {
  const { view, last, chance, clocks } = moment;
  const rep = view.handOff?.rep ?? null;
  if (last === null || rep === null) return WAIT;
  const name = nameOf(last);
  return answerAs(moment, name, rep, choose(answers, chance('answer', name)), 'accept', clocks.acceptance);
}

/** Somebody asked to be called. */
function answerCall(moment: Moment): Step {
  const { view, last, lead, chance, clocks } = moment;
  const rep = view.handOff?.rep ?? null;
  if (last === null || rep === null) return WAIT;
  const name = nameOf(last);
  const answer = choose(lead.converted ? WANTED : UNWANTED, chance('answer', name));
  return answerAs(moment, name, rep, answer, 'first_response', clocks.firstResponseHandRaiser);
}

function answerAs(
  { chance }: Moment,
  name: string,
  rep: string,
  answer: Answer,
  yes: 'accept' | 'first_response',
  clock: Milliseconds,
): Step {
  const after = shareOf(clock, chance('share', name), rep);
  switch (answer) {
    case 'accept':
      return act(name, yes, yes === 'accept' ? {} : { channel: 'phone' }, rep, after);
    case 'decline':
      return act(name, 'decline', { reason: choose(DECLINES, chance('reason', name)) }, rep, after);
    case 'reject':
      return act(name, 'reject', { reason: choose(REJECTIONS, chance('reason', name)) }, rep, after);
    case 'silence':
      return { do: 'silence', name };
  }
}

/** Somebody takes what nobody wanted, or nobody does. Who had it before may not: the next time it is another. */
function claim({ view, chance, within }: Moment, pool: string, likely: number): Step {
  const { n = 0, attempt = 0 } = view.handOff ?? {};
  const name = `claim.${n}.${attempt}`;
  if (chance(name) >= likely) return { do: 'silence', name };
  const reps = POOLS.find(({ id }) => id === pool)?.reps ?? [];
  const rep = reps[(Math.floor(chance('who', name) * reps.length) + view.seq) % reps.length];
  return rep === undefined ? WAIT : act(name, 'claim', {}, rep.id, within(name, 1 * HOUR, 5 * HOUR));
}

const REVIEWS = [
  ['nurture', 40],
  ['disqualify', 25],
  ['return', 15],
  ['silence', 20],
] as const;

function review(moment: Moment): Step {
  const { lead, view, last, chance, within, round } = moment;
  const name = `${round}.review.${last?.n ?? 0}.${view.review?.reason ?? ''}`;
  const again = lead.converted && mayHandOff(moment) && chance(name) < 0.8;
  const decision = again ? 'hand_off' : choose(REVIEWS, chance('of', name));
  if (decision === 'silence') return { do: 'silence', name };
  return act(name, 'review', { decision }, null, within(name, 2 * HOUR, 14 * HOUR));
}
