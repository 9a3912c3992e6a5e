import type { Team } from '../journey/journey.js';
import { policyDiff, sectionOf } from './diff.js';
import type { Policy } from './policy.schema.js';

/** Whose approval a change takes. */
export type ApprovalRule =
  /** Definitions, scoring, targets: what both sides call qualified. */
  | 'both'
  /** How sales works its leads. */
  | 'sales'
  /** Words only: one of the two. */
  | 'either'
  /** Nothing changes. */
  | 'none';

/** Sections that are about how sales works; the policy's other sections are about what both mean. */
const OF_SALES: ReadonlySet<string> = new Set(['handOffs', 'clocks', 'routing']);
const WORDS: ReadonlySet<string> = new Set(['name', 'description']);

/**
 * Whose approval `next` takes, by what it changes, section by section. A section that nobody thought of here takes
 * both.
 * @param agreed the policy that was agreed last; null where there is none: everything is new
 */
export function approvalRule(agreed: Policy | null, next: Policy): ApprovalRule {
  if (agreed === null) return 'both';
  const sections = policyDiff(agreed, next).map(sectionOf);
  if (sections.length === 0) return 'none';
  const meant = sections.filter((section) => !WORDS.has(section));
  if (meant.length === 0) return 'either';
  return meant.every((section) => OF_SALES.has(section)) ? 'sales' : 'both';
}

/** The teams that may approve under a rule, and whose veto counts. */
export function teamsOf(rule: ApprovalRule): readonly Team[] {
  switch (rule) {
    case 'both':
    case 'either':
      return ['marketing', 'sales'];
    case 'sales':
      return ['sales'];
    case 'none':
      return [];
  }
}

/** The teams that a change still waits for; under `either` both, until one of them has approved. */
export function missingTeams(rule: ApprovalRule, approved: readonly Team[]): readonly Team[] {
  const teams = teamsOf(rule);
  if (rule === 'either' && teams.some((team) => approved.includes(team))) return [];
  return teams.filter((team) => !approved.includes(team));
}
