import { COMMANDS } from '../domain/journey/inputs.js';
import { ownershipFaults } from './ownership.js';
import type { FunnelBySource } from './data-set.js';
import { invariant, skipped, type Invariant } from './invariants.js';
import type { JourneyRow, Picture } from './journeys.js';
import type { LogEntry } from './play-log.js';
import { stagesOf } from './tally.js';

/**
 * What must hold of every play, whatever was killed meanwhile.
 * @param known ids of the leads that Baton held before
 */
export function checkPlay(
  log: readonly LogEntry[],
  picture: Picture,
  externalIds: readonly string[],
  known: ReadonlySet<string>,
): readonly Invariant[] {
  const rowsOf = (lead: string): readonly JourneyRow[] => picture.journeys.get(lead)?.rows ?? [];
  const all = externalIds.flatMap((lead) => rowsOf(lead).map((row) => [lead, row] as const));
  return [
    existOnce(log, picture, externalIds),
    answeredAreRows(log, rowsOf),
    rowsWereSent(log, picture, known),
    invariant(
      'nobody owned a lead without having accepted it or been given it',
      all.length,
      externalIds.flatMap((lead) => ownershipFaults(rowsOf(lead)).owners.map((fault) => `${lead}: ${fault}`)),
    ),
    invariant(
      'no lead was with two reps at one instant',
      all.length,
      externalIds.flatMap((lead) =>
        ownershipFaults(rowsOf(lead)).holders.map((fault) => `${lead}: ${fault}`),
      ),
    ),
    invariant(
      'every journal counts from 1 without a gap, and its time never runs back',
      all.length,
      externalIds.flatMap((lead) => orderFaults(rowsOf(lead)).map((fault) => `${lead}: ${fault}`)),
    ),
    funnelEquals(picture, externalIds),
  ];
}

function existOnce(
  log: readonly LogEntry[],
  { journeys, lines }: Picture,
  externalIds: readonly string[],
): Invariant {
  const listed = new Map<string, number>();
  for (const { id } of lines) listed.set(id, (listed.get(id) ?? 0) + 1);
  const owners = new Map<string, string>();
  const told = new Map(
    log.flatMap((entry) => (entry.did === 'captured' ? [[entry.lead, entry.id] as const] : [])),
  );
  const violations = externalIds.flatMap((lead) => {
    const id = journeys.get(lead)?.view.id;
    if (id === undefined) return [`${lead}: is not there`];
    const other = owners.get(id);
    owners.set(id, lead);
    return [
      ...(told.get(lead) === id ? [] : [`${lead}: is ${id}, was captured as ${told.get(lead) ?? 'none'}`]),
      ...(listed.get(id) === 1 ? [] : [`${lead}: is listed ${listed.get(id) ?? 0} times`]),
      ...(other === undefined ? [] : [`${lead}: is the same lead as ${other}`]),
    ];
  });
  return invariant('every lead that was sent exists once', externalIds.length, violations);
}

/** Every command that was answered is a row of its own, with what was answered. */
function answeredAreRows(
  log: readonly LogEntry[],
  rowsOf: (lead: string) => readonly JourneyRow[],
): Invariant {
  const keys = new Map<string, string>();
  let checked = 0;
  const violations = log.flatMap((entry) => {
    if (entry.did !== 'answered' && entry.did !== 'refused') return [];
    checked += 1;
    // From the fourth equal refusal on they are counted, not stored.
    if (entry.seq === null) return [];
    const { lead, seq, command, as, key } = entry;
    const row = rowsOf(lead).find((candidate) => candidate.seq === seq);
    const place = `${lead}, row ${seq}: ${command} by ${as ?? 'the manager'}`;
    const other = keys.get(`${lead}:${seq}`) ?? key;
    keys.set(`${lead}:${seq}`, key);
    if (other !== key) return [`${place} shares its row with another command`];
    if (row === undefined) return [`${place} was answered and is not there`];
    if (row.kind !== command || row.rep !== as)
      return [`${place} is ${row.kind} by ${row.rep ?? 'the manager'}`];
    const refusal = entry.did === 'refused' ? entry.code : null;
    return row.refusal === refusal
      ? []
      : [`${place} was answered ${refusal ?? 'with 200'}, and is ${row.refusal ?? 'done'}`];
  });
  return invariant(
    'every answered command is a row of the journal, exactly once, as it was answered',
    checked,
    violations,
  );
}

/** No row of a command that nobody sent: nothing was carried out twice. */
function rowsWereSent(
  log: readonly LogEntry[],
  { journeys }: Picture,
  known: ReadonlySet<string>,
): Invariant {
  const answered = new Set(
    log.flatMap((entry) =>
      entry.did === 'answered' || entry.did === 'refused' ? [`${entry.lead}:${entry.seq ?? ''}`] : [],
    ),
  );
  let checked = 0;
  // Of a lead that was there before, an earlier play may have sent some.
  const fresh = [...journeys].filter(([, { view }]) => !known.has(view.id));
  const violations = fresh.flatMap(([lead, { rows }]) =>
    rows.flatMap(({ seq, kind, rep }) => {
      if (!COMMANDS.some((command) => command === kind)) return [];
      checked += 1;
      return answered.has(`${lead}:${seq}`)
        ? []
        : [`${lead}, row ${seq}: ${kind} by ${rep ?? 'the manager'} was not answered to this play`];
    }),
  );
  return invariant('every command in the journal was sent by this play', checked, violations);
}

function orderFaults(rows: readonly JourneyRow[]): readonly string[] {
  if (rows.length === 0) return ['has no journal'];
  return rows.flatMap(({ seq, at }, i) => [
    ...(seq === i + 1 ? [] : [`row ${seq} stands where ${i + 1} should`]),
    ...(at >= (rows[i - 1]?.at ?? 0) ? [] : [`row ${seq} is older than the one before`]),
  ]);
}

const FUNNEL = 'leads by source and stage, by their journals, equal the funnel report';

function funnelEquals(picture: Picture, externalIds: readonly string[]): Invariant {
  const { journeys, lines, funnel, still } = picture;
  const strangers = lines.length - externalIds.length;
  if (strangers > 0) return skipped(FUNNEL, `this Baton holds ${strangers} leads of others`);
  if (!still) return skipped(FUNNEL, 'leads went on moving while they were read');
  const sources = new Map(lines.map(({ id, source }) => [id, source]));
  const own = [...journeys.values()].map(({ view, rows }) => ({
    source: sources.get(view.id) ?? null,
    stages: stagesOf(rows),
  }));
  return invariant(FUNNEL, funnel.length, funnelFaults(own, funnel));
}

function funnelFaults(
  own: readonly { readonly source: string | null; readonly stages: readonly string[] }[],
  funnel: readonly FunnelBySource[],
): readonly string[] {
  const sources = [...new Set([...own, ...funnel].map(({ source }) => source))];
  return sources.flatMap((source) => {
    const leads = own.filter((lead) => lead.source === source);
    const reported = funnel.find((row) => row.source === source);
    const names = new Set([
      ...leads.flatMap(({ stages }) => stages),
      ...Object.keys(reported?.reached ?? {}),
      ...Object.keys(reported?.now ?? {}),
    ]);
    return [...names].flatMap((stage) => {
      const pairs = [
        [
          'reached',
          leads.filter(({ stages }) => stages.includes(stage)).length,
          reported?.reached[stage] ?? 0,
        ],
        ['now', leads.filter(({ stages }) => stages.at(-1) === stage).length, reported?.now[stage] ?? 0],
      ] as const;
      return pairs.flatMap(([what, mine, theirs]) =>
        mine === theirs
          ? []
          : [
              `${source ?? '(no source)'}, ${stage}, ${what}: ${mine} by the journals, ${theirs} by the report`,
            ],
      );
    });
  });
}
