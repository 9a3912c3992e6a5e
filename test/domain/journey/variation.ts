import type { InputKind } from '../../../src/domain/journey/inputs.js';
import type { Given, Run } from './run.js';

/** One way to send an input: a name for the report, and the input for a given run. */
export interface Variation {
  readonly name: string;
  readonly prepare?: (run: Run) => void;
  readonly input: (run: Run) => Given<InputKind>;
}

export const given = <K extends InputKind>(input: Given<K>): Given<InputKind> => input;
