/** What canonical bytes can be made of: JSON, no `undefined`, every number finite. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * The canonical form of a JSON value (RFC 8785): the same bytes for the same value on every machine. Members that
 * are `undefined` are left out. Our own, because it runs several times for every row, and the library that the
 * tests compare it with takes four times as long.
 * @throws Error when the value holds something that JSON cannot say.
 */
export function canonical(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  // ECMAScript's own notation of numbers is the RFC's.
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value === 'boolean' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || ('toJSON' in value && typeof value.toJSON === 'function')) {
    throw new Error(`a ${typeof value} that is no JSON has no canonical form`);
  }
  return members(value as Readonly<Record<string, unknown>>);
}

function members(object: Readonly<Record<string, unknown>>): string {
  let text = '';
  for (const key of inOrder(Object.keys(object))) {
    const member = object[key];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonical(member)}`;
  }
  return `{${text}}`;
}

/** For few keys a call of `sort` costs more than sorting. */
const FEW = 32;

/** By UTF-16 code units, as `<` compares texts; in place. */
function inOrder(keys: string[]): readonly string[] {
  if (keys.length > FEW) return keys.sort();
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] ?? '';
    let place = i;
    for (let before = keys[place - 1]; before !== undefined && before > key; before = keys[place - 1]) {
      keys[place] = before;
      place -= 1;
    }
    keys[place] = key;
  }
  return keys;
}
