/**
 * What a text of a playbook may name. No personal data: texts are stored beside the journal's row and sent to other
 * systems, which ask the API for more.
 */
export const VARIABLES = {
  /** `reason` is the code with which the stage was entered. */
  playbook: ['lead', 'stage', 'owner', 'reason'],
  track: ['lead', 'stage', 'owner'],
} as const;
export type Variable = (typeof VARIABLES)['playbook'][number];

const PLACE = /\{\{([^{}]*)\}\}/g;

/** The names in double braces that are none of the known ones. */
export const unknownVariables = (text: string, known: readonly string[]): readonly string[] =>
  [...text.matchAll(PLACE)].map(([, name = '']) => name.trim()).filter((name) => !known.includes(name));

/** The text with every known name in double braces replaced. */
export const render = (text: string, values: Readonly<Partial<Record<Variable, string>>>): string =>
  text.replaceAll(PLACE, (whole, name: string) => values[name.trim() as Variable] ?? whole);
