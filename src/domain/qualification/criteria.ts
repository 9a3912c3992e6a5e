import type { CriterionAnswer } from '../journey/inputs.js';
import type { Journey } from '../journey/journey.js';
import type { QualificationPolicy } from '../policy/qualification.schema.js';
import { type Criterion, FRAMEWORKS } from './frameworks.js';

/** What a policy has sales find out: its framework's criteria, then its own. */
export function criteriaOf({ framework, criteria }: QualificationPolicy): readonly Criterion[] {
  const own = criteria.map((one): Criterion =>
    typeof one === 'string' ? { id: one, question: `${one.replaceAll(/[_-]/g, ' ')}?` } : one,
  );
  return [...(framework === undefined ? [] : FRAMEWORKS[framework]), ...own];
}

/** The bare answers to criteria: what scoring looks at. */
export const answersOf = (criteria: Journey['criteria']): Readonly<Record<string, CriterionAnswer>> =>
  Object.fromEntries(Object.entries(criteria).map(([id, { answer }]) => [id, answer]));

export const hasCriterion = (policy: QualificationPolicy, id: string): boolean =>
  criteriaOf(policy).some((criterion) => criterion.id === id);
