import type { Team } from '../journey/journey.js';
import type { Instant } from '../time.js';
import { type ApprovalRule, missingTeams } from './approval.js';

/** What can happen to a policy. */
export const STEP_KINDS = ['drafted', 'proposed', 'approved', 'rejected', 'activated', 'retired'] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** One thing that happened to a policy, as it is recorded. */
export interface PolicyStep {
  /** Order over all policies. */
  readonly n: number;
  readonly policy: string;
  readonly kind: StepKind;
  /** For whom an approval or a veto speaks; null for the other kinds. */
  readonly team: Team | null;
  readonly at: Instant;
  /** Of an activation: in force from this instant on; null: at once. */
  readonly from: Instant | null;
  /** An activation whose approval comes afterwards. */
  readonly emergency: boolean;
  /** Hash of the agreed policy that this one was compared with; null: there was none. */
  readonly against: string | null;
  /** Whose approval the change took; null for the other kinds. */
  readonly rule: ApprovalRule | null;
}

export type PolicyState = 'draft' | 'proposed' | 'rejected' | 'approved' | 'scheduled' | 'active' | 'retired';

/** Where a policy stands, as far as its own steps say. */
export interface Standing {
  readonly last: StepKind;
  /** Approvals since the last proposal. */
  readonly approvals: readonly PolicyStep[];
  /** The newest one. */
  readonly activation: PolicyStep | null;
  /** Numbers of activations that needed no approval afterwards, or have it. */
  readonly agreed: ReadonlySet<number>;
}

const NEW: Standing = { last: 'drafted', approvals: [], activation: null, agreed: new Set() };

/** @param steps of one policy, in order */
export const standingOf = (steps: readonly PolicyStep[]): Standing => steps.reduce(after, NEW);

function after(before: Standing, step: PolicyStep): Standing {
  const { kind } = step;
  switch (kind) {
    case 'drafted':
      return before;
    case 'proposed':
      return { ...before, last: kind, approvals: [] };
    case 'rejected':
      // What an emergency put in force stays until another policy is activated.
      return { ...before, last: before.last === 'activated' ? before.last : kind, approvals: [] };
    case 'approved':
      return settled({ ...before, approvals: [...before.approvals, step] });
    case 'activated':
      return settled({ ...before, last: kind, activation: step });
    case 'retired':
      return { ...before, last: kind, approvals: [] };
  }
}

/** Notes when the activation has all the approvals that it takes. */
function settled(standing: Standing): Standing {
  const { activation, last } = standing;
  if (activation === null || last !== 'activated') return standing;
  if (activation.emergency && missingFor(standing, activation).length > 0) return standing;
  return { ...standing, agreed: new Set([...standing.agreed, activation.n]) };
}

/** The teams whose approval of this very change is missing: one that was given to another change does not count. */
export function missingFor(
  { approvals }: Standing,
  { rule, against }: Pick<PolicyStep, 'rule' | 'against'>,
): readonly Team[] {
  const counted = approvals.filter((approval) => approval.against === against);
  return missingTeams(
    rule ?? 'none',
    counted.flatMap(({ team }) => team ?? []),
  );
}

/** All policies and their steps, at an instant. */
export interface Agreement {
  /** Of every policy with a step. */
  readonly standings: ReadonlyMap<string, Standing>;
  /** The activation that is in force; null before the first. */
  readonly active: PolicyStep | null;
  /** An activation whose time has not come. */
  readonly scheduled: PolicyStep | null;
  /** Hash of the policy that was agreed last and has been in force: what changes are compared with. */
  readonly agreed: string | null;
}

/** @param steps of all policies that matter, in order */
export function agreementAt(steps: readonly PolicyStep[], now: Instant): Agreement {
  const own = new Map<string, PolicyStep[]>();
  for (const step of steps) own.set(step.policy, [...(own.get(step.policy) ?? []), step]);
  const standings = new Map([...own].map(([policy, its]) => [policy, standingOf(its)]));
  const activations = steps
    .filter((step) => step.kind === 'activated' && !isCalledOff(step, own.get(step.policy) ?? []))
    .reverse();
  const inForceNow = activations.filter(({ from }) => from === null || from <= now);
  return {
    standings,
    active: inForceNow[0] ?? null,
    scheduled: activations.find(({ from }) => from !== null && from > now) ?? null,
    agreed: inForceNow.find(({ n, policy }) => standings.get(policy)?.agreed.has(n) === true)?.policy ?? null,
  };
}

/** Retired before its time came. */
const isCalledOff = ({ n, from }: PolicyStep, own: readonly PolicyStep[]): boolean =>
  from !== null && own.some((step) => step.kind === 'retired' && step.n > n && step.at < from);

/** A policy without a step is a draft. */
export const standingIn = ({ standings }: Agreement, policy: string): Standing =>
  standings.get(policy) ?? NEW;

/** How people call where a policy stands. */
export function stateOf(policy: string, agreement: Agreement, rule: ApprovalRule): PolicyState {
  const standing = standingIn(agreement, policy);
  if (agreement.active?.policy === policy) return 'active';
  if (agreement.scheduled?.policy === policy) return 'scheduled';
  switch (standing.last) {
    case 'activated':
    case 'retired':
      return 'retired';
    case 'rejected':
      return 'rejected';
    case 'proposed':
      return missingFor(standing, { rule, against: agreement.agreed }).length === 0 ? 'approved' : 'proposed';
    default:
      return 'draft';
  }
}
