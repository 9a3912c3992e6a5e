import { REFUSALS } from '../refusals.js';
import { SITUATIONS, type Situation } from '../situation.js';
import { COLUMNS, STAGE_TABLE } from '../stage-table.js';
import type { Alternative, Cell } from './cell.js';

const INTRODUCTION = `# The stage table

What every input does in every situation. The code runs on this table; this page is rendered from it
(\`npm run baton -- docs stage-table\`), and a test fails when the two differ.

Read a cell from the top: the first line whose conditions all hold applies. **bold** is where the lead stands
afterwards, \`code\` the steps on the way, _refused_ the answer to a command that is not allowed. "—" changes
nothing and writes no journal row. Inputs that every lead in a situation answers in the same way share a line.
`;

/** The stage table as a Markdown page. */
export function renderStageTable(): string {
  const refusals = Object.entries(REFUSALS).map(([code, text]) => `| \`${code}\` | ${text} |`);
  return [
    INTRODUCTION,
    ...SITUATIONS.map(renderSituation),
    '## Refusals\n\n| code | what the caller reads |\n|---|---|\n' + refusals.join('\n'),
  ].join('\n');
}

function renderSituation(situation: Situation): string {
  const groups = new Map<string, string[]>();
  for (const column of COLUMNS) {
    const text = renderCell(STAGE_TABLE[situation][column]);
    groups.set(text, [...(groups.get(text) ?? []), column]);
  }
  const lines = [...groups].map(
    ([text, columns]) => `| ${columns.map((one) => `\`${one}\``).join(', ')} | ${text} |`,
  );
  return `## ${situation}\n\n| input | what it does |\n|---|---|\n${lines.join('\n')}\n`;
}

const renderCell = (cell: Cell): string => cell.map(renderAlternative).join('<br>');

function renderAlternative(alternative: Alternative): string {
  const when = alternative.when === undefined ? '' : `if ${alternative.when.join(' and ')}: `;
  if ('refuse' in alternative) return `${when}_refused_ \`${alternative.refuse}\``;
  if ('nothing' in alternative) return `${when}—`;
  const to = alternative.to === 'same' ? 'stays' : alternative.to.join(' or ');
  return `${when}**${to}** \`${alternative.moves.join(' → ')}\``;
}
