import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parsePolicy } from '../../../src/domain/policy/parse-policy.js';
import type { ScoringPolicy } from '../../../src/domain/policy/scoring.schema.js';
import { foldLedger } from '../../../src/domain/scoring/fold.js';
import { readScore } from '../../../src/domain/scoring/read.js';
import { scoreEvents } from '../../../src/domain/scoring/score-events.js';
import { type LeadEvent, NOTHING_KNOWN } from '../../../src/domain/scoring/windows.js';
import { DAY } from '../../../src/domain/time.js';
import { projectRoot } from '../../../src/embedded/project-root.js';
import { parseYaml } from '../../../src/policies/policies.js';
import { interleave, pairsOf, rate, timed } from '../measure/interleave.js';
import { compare } from '../measure/statistics.js';
import { compared, type Line } from '../measure/table.js';
import type { Bench } from './part.js';

/** In one process. */
const EVENTS_PER_SECOND = 200_000;
const START = Date.UTC(2026, 0, 1);
const KINDS = ['pricing_page_view', 'content_download', 'email_click', 'unsubscribe', 'page_view'] as const;
const PER_LEAD = 100;
/** A cold function is a slow one; both arms are warmed up. */
const WARM_UP = 3;

/** The pure scoring function, from a lead's events to its score, beside `JSON.parse` of the same events. */
export async function scoring({ sizes, say }: Pick<Bench, 'sizes' | 'say'>): Promise<readonly Line[]> {
  const policies = [
    ['the default policy', await shipped()],
    ['with a cool-down, a count and a sequence', withWindows(await shipped())],
  ] as const;
  const lines: Line[] = [];
  for (const [name, policy] of policies) {
    say(`scoring: ${name}`);
    lines.push(await measure(name, policy, sizes));
  }
  return lines;
}

async function measure(name: string, policy: ScoringPolicy, sizes: Bench['sizes']): Promise<Line> {
  const leads = Array.from({ length: Math.ceil(sizes.scoredEvents / PER_LEAD) }, (_, n) => eventsOf(n));
  const texts = leads.map((events) => JSON.stringify(events));
  const count = leads.length * PER_LEAD;
  let sum = 0;
  const value = async () => {
    for (const events of leads) {
      const { entries } = scoreEvents(policy, events, NOTHING_KNOWN, 0, START + 60 * DAY);
      sum += readScore(foldLedger(entries, policy), START + 60 * DAY, policy).total;
    }
  };
  const floor = async () => {
    for (const text of texts) sum += (JSON.parse(text) as unknown[]).length;
  };
  const measured = async (work: () => Promise<void>) => ({ perSecond: rate(count, await timed(work)) });
  await interleave(WARM_UP, { value, floor });
  const runs = await interleave(sizes.runs, { value: () => measured(value), floor: () => measured(floor) });
  // Whoever looks at the sum keeps the engine from leaving the work out.
  if (sum <= 0) throw new Error('nothing was scored');
  const comparison = compare(pairsOf(runs, ({ perSecond }) => perSecond));
  const note = `${name}; floor: JSON.parse; target: events/s`;
  return {
    ...compared({ part: 'scoring', temporal: null }, 'events/s', comparison, null, note),
    target: { atLeast: EVENTS_PER_SECOND },
    met: comparison.value.median >= EVENTS_PER_SECOND,
  };
}

async function shipped(): Promise<ScoringPolicy> {
  const file = join(projectRoot(), 'examples', 'policies', 'default.yaml');
  const parsed = parsePolicy(parseYaml(await readFile(file, 'utf8')));
  if (!parsed.ok) throw new Error('the shipped policy is refused');
  return parsed.policy.scoring;
}

const withWindows = (policy: ScoringPolicy): ScoringPolicy => ({
  ...policy,
  events: [
    ...policy.events,
    { id: 'page', group: 'engagement', event: 'page_view', points: 1, coolDown: '1 day' },
    {
      id: 'often',
      group: 'engagement',
      event: 'pricing_page_view',
      points: 5,
      count: { atLeast: 5, within: '2 days' },
    },
  ],
  sequences: [
    {
      id: 'read-then-price',
      group: 'engagement',
      steps: [{ event: 'content_download' }, { event: 'pricing_page_view' }],
      within: '7 days',
      points: 5,
    },
  ],
});

/** What a lead did in a month. */
const eventsOf = (lead: number): LeadEvent[] =>
  Array.from({ length: PER_LEAD }, (_, i) => ({
    eventId: `ev_${lead}_${i}`,
    source: 'site',
    id: `visit-${lead}-${i}`,
    kind: KINDS[(i * 7 + lead) % KINDS.length] ?? KINDS[0],
    occurredAt: START + ((i * 26_000_123 + lead * 1_237) % (30 * DAY)),
    properties: { kind: 'white_paper', page: '/pricing', campaign: 'spring' },
  }));
