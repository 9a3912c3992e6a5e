import { choose, draw, hexId } from '../../src/play/draw.js';

type Weights = readonly (readonly [text: string, weight: number])[];

/** The columns of the real file, in its order. Those that nobody needs are empty or "No" here. */
const HEADER = [
  ...['Prospect ID', 'Lead Number', 'Lead Origin', 'Lead Source', 'Do Not Email', 'Do Not Call', 'Converted'],
  ...['TotalVisits', 'Total Time Spent on Website', 'Page Views Per Visit', 'Last Activity', 'Country'],
  ...['Specialization', 'How did you hear about X Education', 'What is your current occupation'],
  ...['What matters most to you in choosing a course', 'Search', 'Magazine', 'Newspaper Article'],
  ...['X Education Forums', 'Newspaper', 'Digital Advertisement', 'Through Recommendations'],
  ...['Receive More Updates About Our Courses', 'Tags', 'Lead Quality', 'Update me on Supply Chain Content'],
  ...['Get updates on DM Content', 'Lead Profile', 'City', 'Asymmetrique Activity Index'],
  ...['Asymmetrique Profile Index', 'Asymmetrique Activity Score', 'Asymmetrique Profile Score'],
  ...['I agree to pay the amount through cheque', 'A free copy of Mastering The Interview'],
  'Last Notable Activity',
] as const;
type Column = (typeof HEADER)[number];

const ORIGINS: Weights = [
  ['Landing Page Submission', 53],
  ['API', 38],
  ['Lead Add Form', 8],
  ['Lead Import', 1],
];
/** Where they come from, by how they came in. */
const SOURCES: Readonly<Record<string, Weights>> = {
  'Landing Page Submission': [
    ['Google', 44],
    ['Direct Traffic', 46],
    ['Organic Search', 18],
    ['Referral Sites', 3],
  ],
  API: [
    ['Olark Chat', 50],
    ['Google', 28],
    ['Organic Search', 13],
    ['google', 1],
    ['', 1],
  ],
  'Lead Add Form': [
    ['Reference', 74],
    ['Welingak Website', 21],
    ['', 5],
  ],
  'Lead Import': [['Facebook', 1]],
};
const OCCUPATIONS: Weights = [
  ['Unemployed', 59],
  ['', 30],
  ['Working Professional', 8],
  ['Student', 2],
  ['Housewife', 1],
];
const SPECIALIZATIONS: Weights = [
  ['Select', 21],
  ['', 16],
  ['Finance Management', 11],
  ['Human Resource Management', 9],
  ['Marketing Management', 9],
  ['Operations Management', 6],
  ['"Banking, Investment And Insurance"', 4],
];
const CITIES: Weights = [
  ['Mumbai', 34],
  ['Select', 25],
  ['', 16],
  ['Thane & Outskirts', 8],
  ['Other Cities', 8],
];
const ACTIVITIES: Weights = [
  ['Email Opened', 36],
  ['SMS Sent', 30],
  ['Olark Chat Conversation', 11],
  ['Page Visited on Website', 7],
  ['Converted to Lead', 4],
  ['Email Bounced', 4],
  ['Email Link Clicked', 3],
  ['Form Submitted on Website', 2],
  ['Unsubscribed', 1],
  ['Had a Phone Conversation', 1],
  ['', 1],
];
/** What somebody wrote when it was over. */
const TAGS = { '1': 'Will revert after reading the email', '0': 'Interested in other courses' } as const;

const SHARE_WITHOUT_VISIT = 0.24;
const SHARE_UNCOUNTED = 0.015;

/**
 * Makes up leads of the shape of the X Education file, oddities included: empty and "Select" profiles, uncounted
 * visits, two spellings of one source, somebody with hundreds of visits. The same seed gives the same file.
 */
export function generateEducation({ leads, seed }: { leads: number; seed: number }): string {
  const lines = Array.from({ length: leads }, (_, i) => {
    const row = rowOf(seed, i);
    return HEADER.map((column) => row[column] ?? '').join(',');
  });
  return `${[HEADER.join(','), ...lines].join('\n')}\n`;
}

function rowOf(seed: number, i: number): Partial<Record<Column, string>> {
  const at = (what: string): number => draw(seed, 'education', what, i);
  const origin = choose(ORIGINS, at('origin'));
  const asked = origin === 'Lead Add Form';
  const behaviour = behaviourOf(at, asked, i);
  const occupation = choose(OCCUPATIONS, at('occupation'));
  const converted = at('converted') < chanceOf(asked, occupation, behaviour.seconds) ? '1' : '0';
  const id = hexId(seed, 'education', i);
  const activity = choose(ACTIVITIES, at('activity'));
  return {
    'Prospect ID': [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join(
      '-',
    ),
    'Lead Number': String(600_000 + i * 2),
    'Lead Origin': origin,
    'Lead Source': choose(SOURCES[origin] ?? [['', 1]], at('source')),
    'Do Not Email': at('no mail') < 0.08 ? 'Yes' : 'No',
    'Do Not Call': 'No',
    Converted: converted,
    TotalVisits: behaviour.visits,
    'Total Time Spent on Website': String(behaviour.seconds),
    'Page Views Per Visit': behaviour.pages,
    'Last Activity': activity,
    Country: at('country') < 0.72 ? 'India' : '',
    Specialization: choose(SPECIALIZATIONS, at('specialization')),
    'What is your current occupation': occupation,
    Search: 'No',
    Tags: TAGS[converted],
    'Lead Quality': converted === '1' ? 'High in Relevance' : 'Not Sure',
    'Lead Profile': 'Select',
    City: choose(CITIES, at('city')),
    'A free copy of Mastering The Interview': at('guide') < 0.31 ? 'Yes' : 'No',
    'Last Notable Activity': at('notable') < 0.4 ? 'Modified' : activity,
  };
}

interface Sums {
  readonly visits: string;
  readonly seconds: number;
  readonly pages: string;
}

function behaviourOf(at: (what: string) => number, asked: boolean, i: number): Sums {
  if (at('counted') < SHARE_UNCOUNTED) return { visits: '', seconds: 0, pages: '' };
  if (at('visited') < (asked ? 0.78 : SHARE_WITHOUT_VISIT)) return { visits: '0', seconds: 0, pages: '0' };
  // One of the first has come more often than anybody could look at.
  const visits = i === 3 ? 251 : 1 + Math.floor(8 * at('visits') ** 1.6);
  const seconds = Math.round(at('time') < 0.62 ? 420 * at('short') : 420 + 1500 * at('long'));
  return { visits: String(visits), seconds, pages: (1 + 4 * at('pages') ** 2).toFixed(2) };
}

/** Who stays long on the site, works, or asked to be called enrols more often. */
function chanceOf(asked: boolean, occupation: string, seconds: number): number {
  if (asked) return 0.93;
  const works = occupation === 'Working Professional' ? 0.45 : occupation === '' ? -0.15 : 0;
  return Math.max(0.03, 0.16 + works + (seconds > 900 ? 0.5 : seconds > 420 ? 0.2 : 0));
}
