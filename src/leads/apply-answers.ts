import { EVIDENCE } from '../db/tables.js';
import type { FieldRule, Question, RecordedFact } from '../domain/journey/decision.js';
import { holders, isUrgent, type Journey } from '../domain/journey/journey.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import { route } from '../domain/routing/route.js';
import type { Candidate, RoutingDecision, RoutingSnapshot } from '../domain/routing/snapshot.js';
import type { Instant } from '../domain/time.js';
import { evidenceOf, type Evidence } from '../journal/evidence.js';
import { fulfils } from '../playbooks/fulfils.js';
import { type ApplyTransaction, flushRouting } from './apply-transaction.js';
import { type Fields, fieldsOf, readPeople } from './profile-store.js';
import { aheadOf, candidatesOf, lockPools, lockReps, readRep, saveTurn } from './pool-store.js';

interface Turn {
  readonly pool: string;
  readonly seq: number;
  readonly positions: RoutingDecision['positions'];
  readonly evidence: Evidence;
}

/** The order of the queue: hand-raisers first, then the longest wait. */
export const queueRank = (urgent: boolean): number => (urgent ? 0 : 1);

/**
 * Answers what `decide` asks about one lead, taking the locks in their order: all pools of the policy's
 * hand-offs, then reps. What it decides is written only when the decision is kept.
 */
export class Answers {
  readonly #turns: Turn[] = [];
  #pools: ReadonlyMap<string, number> | null = null;

  constructor(
    private readonly tx: ApplyTransaction,
    private readonly journey: Journey,
    private readonly policy: Policy,
    private readonly at: Instant,
    /** The input is a raised hand. */
    private readonly urgent: boolean,
    /** The lead's fields, where they are not stored yet. */
    private readonly fields: Fields | null = null,
  ) {}

  /** Locks the pools; gives the sequence number that the pool's next decision takes. */
  async nextSeq(pool: string): Promise<number> {
    this.#pools ??= await this.#lockPools(pool);
    const taken = this.#turns.filter((turn) => turn.pool === pool).length;
    return (this.#pools.get(pool) ?? 0) + taken + 1;
  }

  async answer(question: Question): Promise<RecordedFact> {
    switch (question.ask) {
      case 'route':
        return this.#route(question);
      case 'rep':
        return this.#verdict(question.rep);
      case 'fields':
        return this.#fulfils(question.rule);
    }
  }

  async #route(question: Extract<Question, { ask: 'route' }>): Promise<RecordedFact> {
    const { pool, excluded } = question;
    const poolSeq = await this.nextSeq(pool);
    await lockReps(this.tx, this.#outgoing(), pool);
    const lead = this.journey.lead;
    const { candidates: members, othersWait } = await candidatesOf(this.tx.manager, pool, lead);
    const candidates = this.#afterOwnTurns(pool, members);
    const rank = queueRank(this.urgent || isUrgent(this.journey.lane));
    // Where nobody has room the queue cannot matter, and a long one would be stored for nothing.
    const matters = othersWait && candidates.some(hasRoom);
    const ahead = matters ? await aheadOf(this.tx.manager, pool, lead, rank) : [];
    const snapshot: RoutingSnapshot = {
      at: this.at,
      pool,
      poolSeq,
      lead,
      excluded,
      candidates,
      ahead,
    };
    const { rep, positions } = route(snapshot);
    const evidence = evidenceOf(snapshot);
    this.#turns.push({ pool, seq: poolSeq, positions, evidence });
    return { answer: 'route', pool, poolSeq, rep, evidence: evidence.hash };
  }

  async #verdict(rep: string): Promise<RecordedFact> {
    await flushRouting(this.tx);
    await lockReps(this.tx, [rep, ...this.#outgoing()]);
    const found = await readRep(this.tx.manager, rep, this.journey.lead);
    return { answer: 'rep', rep, verdict: verdictOn(found) };
  }

  async #fulfils(rule: FieldRule): Promise<RecordedFact> {
    const { lead } = this.journey;
    const fields = this.fields ?? (await this.#storedFields(lead));
    return { answer: 'fields', rule, fulfilled: fulfils(this.policy, rule, fields) };
  }

  async #storedFields(lead: string): Promise<Fields> {
    const person = (await readPeople(this.tx.manager, [lead])).get(lead);
    return person === undefined ? {} : fieldsOf(person, this.policy);
  }

  /** Writes the numbers, positions and snapshots of the pool decisions that a row names. */
  save(moveRotation: boolean): void {
    for (const { pool, seq, positions, evidence } of this.#turns) {
      saveTurn(this.tx, pool, seq, moveRotation ? positions : {});
      this.tx.writes.insert(EVIDENCE, evidence);
    }
  }

  /** What this transaction has decided before is there to be seen, whoever reads from here on. */
  async #lockPools(asked: string): Promise<ReadonlyMap<string, number>> {
    await flushRouting(this.tx);
    return lockPools(this.tx.manager, this.#poolsOfPolicy(asked));
  }

  #poolsOfPolicy(asked: string): readonly string[] {
    const { sdr, ae } = this.policy.handOffs;
    return [...new Set([asked, sdr.pool, ...(ae === undefined ? [] : [ae.pool])])];
  }

  /** Who holds the lead now may lose it: a slot is freed under the rep's lock, so that nobody misses it. */
  #outgoing(): readonly string[] {
    return holders(this.journey).map(({ rep }) => rep);
  }

  /** A second decision of one pool for one input sees the rotation as the first left it. */
  #afterOwnTurns(pool: string, candidates: readonly Candidate[]): readonly Candidate[] {
    return this.#turns
      .filter((turn) => turn.pool === pool)
      .reduce(
        (members, { positions }) =>
          members.map((member) => ({ ...member, position: positions[member.rep] ?? member.position })),
        candidates,
      );
  }
}

export const hasRoom = ({ active, paused, open, cap }: Candidate): boolean =>
  active && !paused && (cap === null || open < cap);

function verdictOn(
  rep: { active: boolean; open: number; cap: number | null } | null,
): 'free' | 'unknown' | 'inactive' | 'at_cap' {
  if (rep === null) return 'unknown';
  if (!rep.active) return 'inactive';
  return rep.cap !== null && rep.open >= rep.cap ? 'at_cap' : 'free';
}
