import { NOT_ASKED } from '../enrichment/fields.js';
import { type Fault, fault, repeated } from './fault.js';
import type { Policy } from './policy.schema.js';
import { reachOf } from './reach.js';

/** What is wrong with enrichment although its shape is right. */
export function enrichmentFaults({ enrichment, scoring, handOffs }: Policy): Fault[] {
  if (enrichment === undefined) return [];
  const { precedence, connectors = [], waitFor, atMost } = enrichment;
  const known = (scoring.mustHaves ?? []).map(({ id }) => id);
  const faults = [
    ...repeated(['enrichment', 'precedence'], precedence),
    ...repeated(['enrichment', 'connectors'], connectors),
    ...repeated(['enrichment', 'waitFor'], waitFor ?? []),
    ...(waitFor ?? []).flatMap((id, i) =>
      known.includes(id) ? [] : [fault(['enrichment', 'waitFor', i], `there is no must-have "${id}"`, known)],
    ),
  ];
  if (waitFor !== undefined && atMost === undefined) {
    faults.push(fault(['enrichment', 'waitFor'], 'say in atMost how long to wait, or leads wait for ever'));
  }
  if (waitFor !== undefined && !handOffs.sdr.automatic) {
    const message = 'has no effect: handOffs.sdr.automatic is false, so no lead is handed off by its score';
    faults.push(fault(['enrichment', 'waitFor'], message));
  }
  if (atMost !== undefined && waitFor === undefined) {
    faults.push(fault(['enrichment', 'atMost'], 'has no effect: waitFor says what to wait for'));
  }
  return faults;
}

/** What is wrong with the questions to leads. */
export function profilingFaults({ profiling, scoring }: Policy): Fault[] {
  const questions = profiling?.questions ?? [];
  const { implicit } = reachOf(scoring);
  return questions.flatMap(({ field, assets, fromEngagement = 0 }, i) => {
    const path = ['profiling', 'questions', i];
    const first = questions.findIndex((other) => other.field === field);
    const faults = repeated([...path, 'assets'], assets ?? []);
    if (first < i) {
      faults.push(fault([...path, 'field'], `another question asks for "${field}": also at ${first}`));
    }
    if (NOT_ASKED.includes(field)) {
      faults.push(fault([...path, 'field'], `"${field}" is nothing that a lead is asked for`));
    }
    if (fromEngagement > implicit) {
      const message = `${fromEngagement} can never be reached: the implicit part is ${implicit} at most`;
      faults.push(fault([...path, 'fromEngagement'], message));
    }
    return faults;
  });
}
