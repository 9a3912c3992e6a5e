import { RE2JS } from 're2js';

/** Texts beyond this are looked at up to here: a pattern costs time with every character. */
const LONGEST_TEXT = 2_000;

const compiled = new Map<string, RE2JS>();

/** @throws Error saying what is wrong with the pattern */
function compile(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const made = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
  compiled.set(pattern, made);
  return made;
}

/** Whether the pattern is found in the text. Time grows with the text's length only: RE2 never backtracks. */
export const found = (pattern: string, text: string): boolean =>
  compile(pattern).test(text.slice(0, LONGEST_TEXT));

/** What is wrong with a pattern; null when nothing is. */
export function patternFault(pattern: string): string | null {
  try {
    RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
