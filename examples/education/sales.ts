import { HOUR } from '../../src/domain/time.js';
import type { Step } from '../../src/play/data-set.js';
import { choose } from '../../src/play/draw.js';
import { act, ownerOf, shareOf, type Moment } from './moment.js';

/** What becomes of an accepted lead, by the outcome in the data. */
const FATES = {
  converted: [
    ['meeting', 92],
    ['bad_timing', 8],
  ],
  other: [
    ['meeting', 22],
    ['not_a_fit', 16],
    ['bad_timing', 15],
    ['no_budget', 10],
    ['no_response', 14],
    ['need_gone', 10],
    ['forgotten', 13],
  ],
} as const;

/** A counsellor has accepted the lead: first response, follow-ups, and then it goes one way or another. */
export function nextWithOwner(moment: Moment): Step {
  const { lead, view, last, clocks, chance, within, round } = moment;
  const owner = ownerOf(view);
  if (view.firstResponseAt === null) {
    const name = `first_response.${last?.n ?? 0}.${last?.attempt ?? 0}`;
    // Some accept, and then forget to call: the clock takes the lead from them.
    if (chance(name) < (lead.converted ? 0.06 : 0.14)) return { do: 'silence', name };
    const after = shareOf(clocks.firstResponse, chance('share', name), owner ?? '');
    return act(
      name,
      'first_response',
      { channel: chance('by', name) < 0.7 ? 'phone' : 'email' },
      owner,
      after,
    );
  }
  const next = followUp(moment, owner);
  if (next !== null) return next;
  const fate = choose<string>(
    lead.converted && round === 0 ? FATES.converted : lead.converted ? [['meeting', 1]] : FATES.other,
    chance(round, 'fate'),
  );
  const name = `${round}.${fate}`;
  const after = within(name, 3 * HOUR, 20 * HOUR);
  switch (fate) {
    case 'meeting':
      return meet(moment, owner);
    case 'no_response':
      return act(name, 'recycle', { reason: fate }, owner, after);
    case 'need_gone':
      return act(name, 'qualification', { criterion: 'need', answer: 'lost' }, owner, after);
    case 'forgotten':
      return { do: 'silence', name };
    default:
      return act(name, 'reject', { reason: fate }, owner, after);
  }
}

const MOST_FOLLOW_UPS = 3;

/** One or two more calls until somebody answers. */
function followUp({ done, chance, within, round }: Moment, owner: string | null): Step | null {
  const wanted = Math.floor(chance(round, 'follow-ups') * MOST_FOLLOW_UPS);
  for (let i = 1; i <= wanted; i++) {
    const name = `${round}.follow_up.${i}`;
    if (done.has(name)) continue;
    const outcome = i < wanted ? 'no_answer' : 'conversation';
    return act(name, 'follow_up', { channel: 'phone', outcome }, owner, within(name, 2 * HOUR, 10 * HOUR));
  }
  return null;
}

/** A meeting, which a few miss the first time; then the questions; then it is qualified, or it is not. */
function meet(moment: Moment, owner: string | null): Step {
  const { lead, view, done, chance, within, round } = moment;
  const missed = chance(round, 'missed') < 0.2;
  const meetings = ['booked', ...(missed ? ['no_show', 'rescheduled'] : []), 'held'];
  for (const what of meetings) {
    const name = `${round}.meeting_${what}`;
    if (done.has(name)) continue;
    const after = within(name, 2 * HOUR, 20 * HOUR);
    return { do: 'event', name, kind: `meeting_${what}`, properties: {}, after };
  }
  if (!lead.converted && chance(round, 'after the meeting') < 0.5) {
    const name = `${round}.not_convinced`;
    const reason = chance(name) < 0.5 ? 'not_a_fit' : 'bad_timing';
    return act(name, 'reject', { reason }, owner, within(name, 1 * HOUR, 6 * HOUR));
  }
  for (const criterion of ['need', 'timeline']) {
    if (view.criteria[criterion] === 'confirmed') continue;
    const name = `${round}.${criterion}`;
    const body = { criterion, answer: 'confirmed' };
    return act(name, 'qualification', body, owner, within(name, 0.2 * HOUR, 2 * HOUR));
  }
  return act(`${round}.qualify`, 'qualify', {}, owner, within('qualify', 0.2 * HOUR, 3 * HOUR));
}

const LOSSES = [
  ['price', 4],
  ['no_decision', 3],
  ['other_school', 3],
  ['not_eligible', 1],
] as const;
/** In cents: short courses, long ones. */
const PRICES = [149_000, 249_000, 399_000] as const;

/** The advisor (or the counsellor, where no advisor took it) enrols the lead, or loses it: as in the data. */
export function nextInSales({ lead, view, chance, within, round }: Moment): Step {
  const owner = ownerOf(view);
  if (view.situation === 'sql' && (lead.converted || chance(round, 'opens') < 0.6)) {
    const name = `${round}.opportunity`;
    const reference = `enrolment-${lead.externalId.slice(0, 8)}`;
    return act(name, 'opportunity', { reference }, owner, within(name, 2 * HOUR, 16 * HOUR));
  }
  const name = `${round}.close`;
  const after = within(name, 4 * HOUR, 30 * HOUR);
  if (!lead.converted) return act(name, 'lost', { reason: choose(LOSSES, chance(name)) }, owner, after);
  const amount = PRICES[Math.floor(chance(name) * PRICES.length)] ?? PRICES[0];
  return act(name, 'won', { amount, currency: 'INR' }, owner, after);
}
