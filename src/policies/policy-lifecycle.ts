import type { EntityManager } from 'typeorm';
import type { Clock } from '../clock.js';
import type { Team } from '../domain/journey/journey.js';
import { teamsOf } from '../domain/policy/approval.js';
import { missingFor, type PolicyState, type PolicyStep, standingIn } from '../domain/policy/lifecycle.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import type { Instant } from '../domain/time.js';
import { Conflict, type Fault, InvalidInput } from '../faults.js';
import type { JournalKey } from '../journal/chain.js';
import { ensurePools } from './policy-pools.js';
import { findPolicy, type PolicyStore } from './policy-store.js';
import { type Author, type NewStep, recordStep, type Words } from './policy-steps.js';
import {
  changeAt,
  doerOf,
  isoOf,
  type PolicyRow,
  type PolicySummary,
  type Scene,
  viewOf,
} from './policy-view.js';
import { lockLifecycle, readScene } from './scene.js';

/** How a policy comes into force. */
export interface ActivationRequest {
  /** Not before this instant; absent: at once. */
  readonly from?: Instant | undefined;
  /** At once, without the approvals that are missing; these come afterwards. Takes a reason. */
  readonly emergency?: boolean | undefined;
  readonly reason?: string | undefined;
  /** Hash of the policy that the caller believes to be active; null or absent: none. */
  readonly expected?: string | null | undefined;
}

export interface LifecycleDeps {
  readonly clock: Clock;
  readonly journalKey: JournalKey;
  readonly store: PolicyStore;
}

/** A policy and where it stands, while nobody else can change that. */
interface Held {
  readonly row: PolicyRow;
  readonly policy: Policy;
  readonly scene: Scene;
  readonly view: PolicySummary;
}

/** What people do to policies on their way from a draft to retirement. Every step is recorded and chained. */
export function createLifecycle({ clock, journalKey, store }: LifecycleDeps) {
  /** @throws NotFound */
  async function hold(tx: EntityManager, hash: string): Promise<Held> {
    await lockLifecycle(tx);
    return look(tx, hash);
  }

  async function look(tx: EntityManager, hash: string): Promise<Held> {
    const row = await findPolicy(tx, hash);
    const policy = await store.byHash(tx, hash);
    const scene = await readScene(tx, store, clock.now());
    return { row, policy, scene, view: viewOf(row, policy, scene) };
  }

  async function record(tx: EntityManager, step: NewStep, author: Author): Promise<PolicySummary> {
    await recordStep(tx, journalKey, step, author, clock.now());
    return (await look(tx, step.policy)).view;
  }

  return {
    /** Until the end of the transaction nobody else changes where a policy stands. Comes before every other lock. */
    lock: lockLifecycle,

    /** Notes who wrote a policy that is new. */
    async draft(tx: EntityManager, hash: string, author: Author): Promise<PolicySummary> {
      const { view } = await hold(tx, hash);
      return view.history.length > 0 ? view : record(tx, { policy: hash, kind: 'drafted' }, author);
    },

    async propose(
      tx: EntityManager,
      hash: string,
      said: { readonly rationale: string; readonly expectedImpact: string },
      author: Author,
    ): Promise<PolicySummary> {
      const held = await hold(tx, hash);
      refuseUnless(held, ['draft', 'rejected', 'retired'], 'be proposed');
      return record(tx, { policy: hash, kind: 'proposed', ...changeOf(held), words: said }, author);
    },

    /** A team's approval of the change as it is now; a second one of the same team changes nothing. */
    async approve(
      tx: EntityManager,
      hash: string,
      team: Team,
      note: string | undefined,
      author: Author,
    ): Promise<PolicySummary> {
      const held = await hold(tx, hash);
      if (held.view.approval.approved.includes(team)) return held.view;
      if (!held.view.needsApproval) refuseUnless(held, ['proposed', 'approved'], 'be approved');
      return record(
        tx,
        { policy: hash, kind: 'approved', team, ...changeOf(held), words: wordsOf({ note }) },
        author,
      );
    },

    /** A veto: whoever must approve may refuse, with a reason. */
    async reject(
      tx: EntityManager,
      hash: string,
      team: Team,
      reason: string,
      author: Author,
    ): Promise<PolicySummary> {
      const held = await hold(tx, hash);
      if (!held.view.needsApproval) refuseUnless(held, ['proposed', 'approved'], 'be rejected');
      const { rule } = held.view.approval;
      if (!teamsOf(rule).includes(team)) {
        throw new Conflict('no_veto', `this change takes no approval of ${team}, so ${team} has no veto`, {
          rule,
        });
      }
      return record(
        tx,
        { policy: hash, kind: 'rejected', team, ...changeOf(held), words: { reason } },
        author,
      );
    },

    /**
     * New leads get this policy, at once or from an instant on; open leads keep theirs. Its pools exist from now on.
     * Asking again for what is so already changes nothing.
     * @throws Conflict when another policy is active than the caller believes, and by whom
     */
    async activate(
      tx: EntityManager,
      hash: string,
      request: ActivationRequest,
      author: Author,
    ): Promise<PolicySummary> {
      const now = clock.now();
      const { from, reason } = request;
      refuseNonsense(request, now);
      const held = await hold(tx, hash);
      const { policy, scene, view } = held;
      const { scheduled } = scene.agreement;
      if (from === undefined ? view.active : scheduled?.policy === hash && scheduled.from === from)
        return view;
      await refuseSurprise(tx, request, scene);
      if (scheduled !== null) throw await clash(tx, 'already_scheduled', scheduled, scene);
      const change = changeOf(held);
      const missing = missingFor(standingIn(scene.agreement, hash), change);
      const first = scene.agreement.active === null && ['admin', 'deployment'].includes(author.role);
      const emergency = request.emergency === true && !first;
      if (missing.length > 0 && !emergency && !first) {
        const message = `${missing.join(' and ')} must approve this change first`;
        throw new Conflict('approval_missing', message, { rule: change.rule, missing });
      }
      await ensurePools(tx, journalKey, policy, now, author.id);
      const step = { policy: hash, kind: 'activated', from: from ?? null, emergency, ...change } as const;
      return record(tx, { ...step, words: wordsOf({ reason }) }, author);
    },

    /** Nobody proposes or activates it any more, unless it is proposed anew; calls a planned activation off. */
    async retire(
      tx: EntityManager,
      hash: string,
      reason: string | undefined,
      author: Author,
    ): Promise<PolicySummary> {
      const held = await hold(tx, hash);
      if (held.view.state === 'retired') return held.view;
      if (held.view.active) {
        throw new Conflict('wrong_state', 'this policy is active: activate another one instead', {
          state: 'active',
        });
      }
      return record(tx, { policy: hash, kind: 'retired', words: wordsOf({ reason }) }, author);
    },
  };
}

const changeOf = ({ row, policy, scene }: Held) => changeAt(row.hash, policy, scene);

/** What was really said. */
const wordsOf = (said: Readonly<Record<string, string | undefined>>): Words =>
  Object.fromEntries(
    Object.entries(said).flatMap(([what, text]) => (text === undefined ? [] : [[what, text]])),
  );

/** @throws Conflict */
function refuseUnless({ view: { state } }: Held, states: readonly PolicyState[], done: string): void {
  if (states.includes(state)) return;
  const message = `a policy that is ${state} cannot ${done}; it must be ${states.join(' or ')}`;
  throw new Conflict('wrong_state', message, { state });
}

/** @throws InvalidInput */
function refuseNonsense({ from, emergency = false, reason }: ActivationRequest, now: Instant): void {
  const faults: Fault[] = [];
  if (from !== undefined && from <= now) {
    faults.push({ path: '/from', message: 'must be in the future; leave it out for at once' });
  }
  if (emergency && from !== undefined) {
    faults.push({ path: '/from', message: 'an emergency does not wait' });
  }
  if (emergency && reason === undefined) {
    faults.push({ path: '/reason', message: 'say why this cannot wait for approval' });
  }
  if (faults.length > 0) throw new InvalidInput(faults);
}

/** @throws Conflict when the active policy is not the one that the caller has seen */
async function refuseSurprise(
  tx: EntityManager,
  { expected }: ActivationRequest,
  scene: Scene,
): Promise<void> {
  const { active } = scene.agreement;
  if ((active?.policy ?? null) === (expected ?? null)) return;
  if (active === null) throw new Conflict('changed_meanwhile', 'no policy is active', { active: null });
  if (expected === undefined) {
    const message = `name the policy that is active now: ${active.policy}`;
    throw new InvalidInput([{ path: '/expected', message }]);
  }
  throw await clash(tx, 'changed_meanwhile', active, scene);
}

/** Names the policy that is in the way, and who put it there. */
async function clash(
  tx: EntityManager,
  code: 'changed_meanwhile' | 'already_scheduled',
  { policy, n, at, from }: PolicyStep,
  { steps, keys }: Scene,
): Promise<Conflict> {
  const { name } = await findPolicy(tx, policy);
  const step = steps.find((one) => one.n === n);
  const by = step === undefined ? null : doerOf(step, keys);
  const who = by?.name ?? by?.key ?? 'the deployment';
  const other = { hash: policy, name, at: isoOf(at), from: isoOf(from ?? at), by };
  return code === 'already_scheduled'
    ? new Conflict(code, `${who} has planned ${name} from ${other.from} on; retire it first`, {
        scheduled: other,
      })
    : new Conflict(code, `another policy is active now: ${name}, activated by ${who}`, { active: other });
}
