import type { Mapping } from '../feed/mapping.schema.js';
import { quoted } from '../feed/read-value.js';
import { cell } from '../feed/value-source.js';
import type { FileRow } from '../feed/read-rows.js';
import type { NewRow } from './import-rows.js';

/** Longer is no id; an index could not hold it. */
const LONGEST_ID = 500;

/** What can be said of a row before its lead is looked at. */
export function newRow(file: number, { n, row, odd, fault }: FileRow, mapping: Mapping): NewRow {
  const { externalId, only } = mapping;
  const id = cell(row, externalId.column).trim();
  const decided = (status: 'refused' | 'left_out', why: string): NewRow => ({
    file,
    n,
    externalId: isId(id) ? id : null,
    raw: null,
    status,
    odd,
    why,
  });
  if (fault !== null) return decided('refused', fault);
  const other = Object.entries(only).find(([column, texts]) => !texts.includes(cell(row, column)));
  if (other !== undefined) {
    const [column, texts] = other;
    return decided(
      'left_out',
      `${column} is ${quoted(cell(row, column))}; the mapping takes ${texts.map(quoted).join(', ')}`,
    );
  }
  if (id === '')
    return decided('refused', `${externalId.column} is empty: nobody could find this lead again`);
  if (!isId(id))
    return decided(
      'refused',
      `${externalId.column} is ${quoted(id)}, which is no id of at most ${LONGEST_ID} characters`,
    );
  return { file, n, externalId: id, raw: row, status: 'waiting', odd, why: null };
}

const isId = (id: string): boolean =>
  id !== '' && id.length <= LONGEST_ID && id.isWellFormed() && !id.includes('\u0000');
