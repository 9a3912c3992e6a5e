import { isoOf, type HistoryLine, type PolicySummary } from './policy-view.js';

/** What a printed policy says about itself: its hash, where it stands, and who did what when. */
export function documentFacts({
  hash,
  state,
  from,
  needsApproval,
  approval,
  history,
}: PolicySummary): readonly string[] {
  const since = from === null ? '' : ` from ${minute(from)}`;
  const waits =
    approval.missing.length === 0 ? [] : [`Waits for the approval of ${approval.missing.join(' and ')}`];
  return [
    `Hash ${hash}`,
    `State: ${state}${since}${needsApproval ? ', by an emergency that is not approved yet' : ''}`,
    ...(['proposed', 'active'].includes(state) ? waits : []),
    ...history.map(historyFact),
  ];
}

function historyFact({ step, at, by, team, from, emergency, words }: HistoryLine): string {
  const who = by.key === null ? 'the deployment' : `${by.name ?? by.key} (${by.role})`;
  const what = [
    emergency ? `${step} as an emergency` : step,
    ...(team === null ? [] : [`for ${team}`]),
    ...(from === null ? [] : [`with effect from ${minute(from)}`]),
  ].join(' ');
  const said = Object.entries(LABELS).flatMap(([about, label]) => {
    const text = words[about];
    return text === undefined ? [] : [`${label}: ${text.replace(/\.$/, '')}`];
  });
  return [`${minute(at)}: ${what} by ${who}`, ...said].join('. ');
}

/** In the order in which people say it. */
const LABELS: Readonly<Record<string, string>> = {
  rationale: 'Rationale',
  expectedImpact: 'Expected impact',
  reason: 'Reason',
  note: 'Note',
};

/** To the minute, in UTC. */
const minute = (at: string): string => `${isoOf(Date.parse(at)).slice(0, 16).replace('T', ' ')} UTC`;
