import { DAY, HOUR, type Milliseconds } from '../../src/domain/time.js';
import type { CsvRow } from '../../src/feed/map-row.js';
import type { Properties, TimedEvent } from '../../src/play/data-set.js';
import { draw } from '../../src/play/draw.js';

/**
 * What a lead does, made of the sums in its row. The rule is described in README.md; it is a function of these
 * columns alone, so that nothing that the outcome left behind can get into what a lead does.
 */
export const BEHAVIOUR_COLUMNS = [
  'Lead Origin',
  'Lead Source',
  'Do Not Email',
  'TotalVisits',
  'Total Time Spent on Website',
  'Page Views Per Visit',
  'Last Activity',
  'A free copy of Mastering The Interview',
] as const;

type Behaviour = Readonly<Record<(typeof BEHAVIOUR_COLUMNS)[number], string>>;

/** An event and when it happens, from 0 when the lead comes in, in the data's own time. */
type Happening = Omit<TimedEvent, 'id'>;

/** All that a lead does after it came in happens within so many days. */
const LONGEST: Milliseconds = 6 * DAY;
/** Nobody looks at all of 251 visits. */
const MOST_VISITS = 12;
const MEAN_GAP: Milliseconds = 18 * HOUR;
const LEAST_GAP: Milliseconds = 1 * HOUR;

/** How the last activity of a row is told; absent: it is no doing of the lead's, or one that is told already. */
const LAST_ACTIVITIES: Readonly<Record<string, string>> = {
  'Email Opened': 'email_open',
  'Email Link Clicked': 'email_click',
  'View in browser link Clicked': 'email_click',
  'Email Received': 'email_reply',
  'Email Bounced': 'email_bounce',
  'Email Marked Spam': 'unsubscribe',
  Unsubscribed: 'unsubscribe',
  'Resubscribed to emails': 'email_click',
  'SMS Sent': 'text_message',
  'Olark Chat Conversation': 'chat',
  'Form Submitted on Website': 'form_submission',
  'Had a Phone Conversation': 'contact_request',
  'Approached upfront': 'contact_request',
};

/** Events that are sent with the lead, and those that come later, in their order. */
export function behaviourOf(
  row: CsvRow,
  externalId: string,
  seed: number,
): { readonly atOnce: readonly TimedEvent[]; readonly later: readonly TimedEvent[] } {
  const known = pick(row);
  const at = (...labels: readonly (string | number)[]): number => draw(seed, externalId, ...labels);
  const visits = visitsOf(known, at);
  const lastVisit = visits.at(-1)?.after ?? 0;
  const happenings: Happening[] = [
    ...(originOf(known) ?? []),
    ...visits,
    ...(known['A free copy of Mastering The Interview'] === 'Yes'
      ? [happening(between(at('guide'), 0.5 * DAY, 1.5 * DAY), 'content_download')]
      : []),
    ...lastOf(known, lastVisit + between(at('last'), 0.3 * DAY, 2 * DAY)),
    ...(known['Do Not Email'] === 'Yes' && known['Last Activity'] !== 'Unsubscribed'
      ? [happening(lastVisit + between(at('opt out'), 0.1 * DAY, 0.3 * DAY), 'unsubscribe')]
      : []),
  ];
  const longest = Math.max(...happenings.map(({ after }) => after), 0);
  // Somebody who comes for weeks is told faster: the order and the proportions stay.
  const scale = longest > LONGEST ? LONGEST / longest : 1;
  const events = happenings
    .map((one, i) => ({ ...one, after: Math.round(one.after * scale), id: `${externalId}:${i}:${one.kind}` }))
    .sort((a, b) => a.after - b.after);
  return {
    atOnce: events.filter(({ after }) => after === 0),
    later: events.filter(({ after }) => after > 0),
  };
}

/** These columns and no others. */
const pick = (row: CsvRow): Behaviour =>
  Object.fromEntries(BEHAVIOUR_COLUMNS.map((name) => [name, (row[name] ?? '').trim()])) as Behaviour;

const happening = (after: Milliseconds, kind: string, properties: Properties = {}): Happening => ({
  after,
  kind,
  properties,
});

/** By what the lead came in. */
function originOf(known: Behaviour): readonly Happening[] | null {
  switch (known['Lead Origin']) {
    case 'Landing Page Submission':
      return [happening(0, 'landing_page_submission')];
    // The form in which one asks to be called.
    case 'Lead Add Form':
    case 'Quick Add Form':
      return [happening(0, 'contact_request')];
    default:
      return known['Lead Source'] === 'Olark Chat' ? [happening(0, 'chat')] : null;
  }
}

/** The visits: the first brings the lead in, the others follow at random gaps; they share the time on the site. */
function visitsOf(known: Behaviour, at: (...labels: readonly (string | number)[]) => number): Happening[] {
  const seconds = numberOf(known['Total Time Spent on Website']);
  const counted = numberOf(known['TotalVisits']);
  // Somebody who spent time there was there.
  const visits = Math.min(MOST_VISITS, Math.max(counted, seconds > 0 ? 1 : 0));
  const shares = Array.from({ length: visits }, (_, i) => 0.2 + at('share', i));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const pages = Math.max(1, Math.round(numberOf(known['Page Views Per Visit'])));
  let after = 0;
  return shares.map((share, i) => {
    if (i > 0) after += Math.max(LEAST_GAP, -Math.log(1 - at('gap', i)) * MEAN_GAP);
    const minutes = Math.round((share / total) * (seconds / 60) * 10) / 10;
    return happening(after, 'site_visit', { minutes, pages });
  });
}

function lastOf(known: Behaviour, after: Milliseconds): readonly Happening[] {
  const kind = LAST_ACTIVITIES[known['Last Activity']];
  return kind === undefined ? [] : [happening(after, kind)];
}

const between = (at: number, least: Milliseconds, most: Milliseconds): Milliseconds =>
  least + at * (most - least);

/** Empty where nobody counted. */
const numberOf = (text: string): number => {
  const number = Number(text);
  return Number.isFinite(number) && number > 0 ? number : 0;
};
