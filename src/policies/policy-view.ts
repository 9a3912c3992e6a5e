import type { Team } from '../domain/journey/journey.js';
import { type ApprovalRule, approvalRule } from '../domain/policy/approval.js';
import {
  type Agreement,
  missingFor,
  type PolicyState,
  type PolicyStep,
  standingIn,
  stateOf,
  type StepKind,
} from '../domain/policy/lifecycle.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import type { Author, RecordedStep, Words } from './policy-steps.js';

/** Who did something: a key, its role, and how the key is called today. */
export interface Doer {
  readonly role: Author['role'];
  /** Null: the deployment itself. */
  readonly key: string | null;
  readonly name: string | null;
}

/** One line of a policy's history. Instants are ISO 8601 in UTC. */
export interface HistoryLine {
  readonly step: StepKind;
  readonly at: string;
  readonly by: Doer;
  /** For whom an approval or a veto speaks. */
  readonly team: Team | null;
  /** Of an activation with a date. */
  readonly from: string | null;
  readonly emergency: boolean;
  readonly words: Words;
}

export interface Approval {
  readonly rule: ApprovalRule;
  /** Hash of the agreed policy that this one is compared with; null: there is none. */
  readonly against: string | null;
  readonly approved: readonly Team[];
  readonly missing: readonly Team[];
}

export interface PolicySummary {
  readonly hash: string;
  readonly name: string;
  readonly state: PolicyState;
  /** Whether new leads get it now. */
  readonly active: boolean;
  /** In force by an emergency that not everybody who must has approved yet. */
  readonly needsApproval: boolean;
  /** Since when, or from when on, it is in force; null where it is not. */
  readonly from: string | null;
  readonly approval: Approval;
  readonly recordedAt: string;
  readonly history: readonly HistoryLine[];
}

/** What a policy's row says. */
export interface PolicyRow {
  readonly hash: string;
  readonly name: string;
  readonly at: number;
}

/** What the views of all policies are made of, as it is at one instant. */
export interface Scene {
  readonly agreement: Agreement;
  readonly steps: readonly RecordedStep[];
  /** The policy that was agreed last. */
  readonly base: Policy | null;
  /** Names of keys by id. */
  readonly keys: ReadonlyMap<string, string>;
}

export function viewOf({ hash, name, at }: PolicyRow, policy: Policy, scene: Scene): PolicySummary {
  const { agreement, steps } = scene;
  const current = changeAt(hash, policy, scene);
  const standing = standingIn(agreement, hash);
  const approvals = standing.approvals.filter(({ against }) => against === current.against);
  const state = stateOf(hash, agreement, current.rule);
  const activation = inForceOrPlanned(hash, agreement);
  const agreed = activation === null || standing.agreed.has(activation.n);
  return {
    hash,
    name,
    state,
    active: state === 'active',
    needsApproval: state === 'active' && !agreed,
    from: activation === null ? null : isoOf(activation.from ?? activation.at),
    approval: {
      ...current,
      approved: [...new Set(approvals.flatMap(({ team }) => team ?? []))],
      missing: agreed && activation !== null ? [] : missingFor(standing, current),
    },
    recordedAt: isoOf(at),
    history: steps.filter((step) => step.policy === hash).map((step) => historyLine(step, scene.keys)),
  };
}

/** The change that approvals of a policy are about now: of one in force that which put it there. */
export function changeAt(
  hash: string,
  policy: Policy,
  { agreement, base }: Pick<Scene, 'agreement' | 'base'>,
): { readonly rule: ApprovalRule; readonly against: string | null } {
  const activation = inForceOrPlanned(hash, agreement);
  if (activation !== null) return { rule: activation.rule ?? 'both', against: activation.against };
  return { rule: approvalRule(base, policy), against: agreement.agreed };
}

const inForceOrPlanned = (hash: string, { active, scheduled }: Agreement): PolicyStep | null =>
  [active, scheduled].find((activation) => activation?.policy === hash) ?? null;

const historyLine = (step: RecordedStep, keys: Scene['keys']): HistoryLine => ({
  step: step.kind,
  at: isoOf(step.at),
  by: doerOf(step, keys),
  team: step.team,
  from: step.from === null ? null : isoOf(step.from),
  emergency: step.emergency,
  words: step.words,
});

export const doerOf = (
  { role, actor }: Pick<RecordedStep, 'role' | 'actor'>,
  keys: ReadonlyMap<string, string>,
): Doer => ({ role, key: actor, name: actor === null ? null : (keys.get(actor) ?? null) });

export const isoOf = (at: number): string => new Date(at).toISOString();
