import { possessionAt } from './ownership.js';
import { type LeadRecord, type SentCommand, type Violation, violation } from './records.js';

const ANSWERS = 'each client was told what the journal says';

/** Every command that was answered is one row, or one counted refusal, and the answer is what it says. */
export function checkAnswers(sent: readonly SentCommand[], leads: readonly LeadRecord[]): Violation[] {
  const byId = new Map(leads.map((lead) => [lead.id, lead]));
  const answers = sent.flatMap((command) => {
    const wrong = faultOf(command, byId.get(command.lead));
    return wrong === null ? [] : [violation(ANSWERS, command.lead, `${command.kind}: ${wrong}`)];
  });
  const asked = new Set(sent.map(({ inputId }) => inputId));
  return [...answers, ...leads.flatMap((lead) => [...checkUnasked(lead, asked), ...checkCounted(lead)])];
}

function faultOf(
  { kind, rep, inputId, status, seq, code, stage }: SentCommand,
  lead?: LeadRecord,
): string | null {
  if (lead === undefined) return 'its lead does not exist';
  const rows = lead.rows.filter(({ input }) => input.id === inputId);
  const [row] = rows;
  const stored = lead.commands.find((command) => command.inputId === inputId);
  if (stored?.done !== true) return `answered ${status}, and undecided in the inbox`;
  if (status === 409 && seq === null) {
    return rows.length === 0 && stored.decidedSeq === null
      ? null
      : 'told that it was only counted, and has a row';
  }
  if (status !== 200 && status !== 409) return `answered ${status}`;
  if (row === undefined || rows.length > 1) return `answered ${status}, and has ${rows.length} rows`;
  if (row.seq !== seq || stored.decidedSeq !== seq) return `told row ${seq}, and is row ${row.seq}`;
  if (row.input.kind !== kind || row.input.actor.onBehalfOf !== rep) {
    return `is in row ${seq} as ${row.input.kind} by ${row.input.actor.onBehalfOf ?? 'the manager'}`;
  }
  const refusal = 'refusal' in row.result ? row.result.refusal : null;
  if (refusal !== code) return `told ${code ?? 'that it was done'}, and row ${seq} says ${refusal ?? 'done'}`;
  const stood = possessionAt(lead.rows, row.seq).stage;
  if (status === 200 && stage !== stood) return `told stage ${stage}, and row ${seq} has ${stood}`;
  if (status === 200 && kind === 'accept' && !gives(row, rep))
    return `accepted, and row ${seq} gives it to nobody`;
  return null;
}

const gives = ({ result }: LeadRecord['rows'][number], rep: string | null): boolean =>
  'transitions' in result &&
  result.transitions.some(
    (change) => change.type === 'owner_set' && change.rep !== null && change.rep === rep,
  );

function checkUnasked({ id, rows }: LeadRecord, asked: ReadonlySet<string>): Violation[] {
  return rows
    .filter(({ input }) => input.id.startsWith('command:') && !asked.has(input.id))
    .map(({ seq, input }) => violation(ANSWERS, id, `row ${seq}: nobody has sent this ${input.kind}`));
}

/** A flood of refusals is counted, not journaled: by the rows that follow, and by the lead since its newest row. */
function checkCounted({ id, rows, commands, suppressed }: LeadRecord): Violation[] {
  const counted = commands.filter(({ done, decidedSeq }) => done && decidedSeq === null).length;
  const told = rows.reduce((sum, row) => sum + row.suppressed, suppressed);
  return counted === told
    ? []
    : [violation(ANSWERS, id, `${counted} refusals without a row, and ${told} counted`)];
}
