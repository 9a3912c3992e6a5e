import type { QualificationPolicy } from '../policy/qualification.schema.js';
import { type Criterion, FRAMEWORKS } from './frameworks.js';

/** What a policy has sales find out: its framework's criteria, then its own. */
export function criteriaOf({ framework, criteria }: QualificationPolicy): readonly Criterion[] {
  const own = criteria.map((one): Criterion =>
    typeof one === 'string' ? { id: one, question: `${one.replaceAll(/[_-]/g, ' ')}?` } : one,
  );
  return [...(framework === undefined ? [] : FRAMEWORKS[framework]), ...own];
}

export const hasCriterion = (policy: QualificationPolicy, id: string): boolean =>
  criteriaOf(policy).some((criterion) => criterion.id === id);
