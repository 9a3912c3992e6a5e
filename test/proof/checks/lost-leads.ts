import {
  type EventRecord,
  type LeadRecord,
  repeated,
  type SentLead,
  type Violation,
  violation,
} from './records.js';

const LOST = 'no lead is lost, none comes twice';

/** Whatever was sent exists exactly once, and nothing else does. */
export function checkLeads(sent: readonly SentLead[], leads: readonly LeadRecord[]): Violation[] {
  const owners = new Map<string, string[]>();
  for (const { id, externalIds } of leads) {
    for (const name of externalIds) owners.set(name, [...(owners.get(name) ?? []), id]);
  }
  const violations: Violation[] = [];
  for (const { externalIds, id } of sent) {
    for (const name of externalIds) {
      const found = owners.get(name) ?? [];
      if (found.length !== 1) violations.push(violation(LOST, id, `${name} names ${found.length} leads`));
      else if (id !== null && found[0] !== id) {
        violations.push(violation(LOST, id, `${name} was answered with this lead and names ${found[0]}`));
      }
    }
    if (id === null) violations.push(violation(LOST, null, `${externalIds.join(', ')} was never answered`));
  }
  const known = new Set(sent.flatMap(({ externalIds }) => externalIds));
  for (const { id, externalIds } of leads) {
    if (!externalIds.some((name) => known.has(name))) {
      violations.push(violation(LOST, id, 'nobody has sent this lead'));
    }
  }
  return [...violations, ...leads.flatMap(checkJournal)];
}

/** One beginning, no gap, and a workflow exactly as long as the journey is open. */
function checkJournal({ id, rows, ended, openWorkflows }: LeadRecord): Violation[] {
  const violations: Violation[] = [];
  rows.forEach(({ seq }, i) => {
    if (seq !== i + 1) violations.push(violation(LOST, id, `row ${seq} stands at place ${i + 1}`));
  });
  const captures = rows.filter(({ input }) => input.kind === 'captured').length;
  if (captures !== 1) violations.push(violation(LOST, id, `captured ${captures} times`));
  const due = ended ? 0 : 1;
  if (openWorkflows !== due) {
    const state = ended ? 'ended' : 'open';
    violations.push(
      violation('an open lead has one workflow', id, `${state}, with ${openWorkflows} workflows`),
    );
  }
  return violations;
}

const EVENTS = 'no event is lost, none comes twice';

/** Every event that was taken in is stored once. */
export function checkEvents(
  sent: readonly Omit<EventRecord, 'lead'>[],
  stored: readonly EventRecord[],
): Violation[] {
  const name = ({ source, id }: Omit<EventRecord, 'lead'>): string => `${source}:${id}`;
  const found = new Set(stored.map(name));
  return [
    ...repeated(stored.map(name)).map((event) => violation(EVENTS, null, `${event} is stored twice`)),
    ...sent
      .filter((event) => !found.has(name(event)))
      .map((event) => violation(EVENTS, null, `${name(event)} was taken in and is not stored`)),
  ];
}
