import { canonical } from '../canonical.js';
import type { Policy } from '../policy/policy.schema.js';
import type { FieldRule, Question, RecordedFact } from './decision.js';
import { evolveOne } from './evolve.js';
import type { Input, InputBodies, InputKind, InputOf } from './inputs.js';
import type { Journey } from './journey.js';
import type { Effect, Transition } from './transitions.js';

/** Thrown by {@link Draft.ask} when an answer is missing; `decide` turns it into `needs`. */
export class MissingAnswer extends Error {
  constructor(readonly question: Question) {
    super(`the answer to "${question.ask}" is missing`);
  }
}

/** A decision while it is being made: every transition is folded at once, so the next move sees its result. */
export class Draft {
  readonly transitions: Transition[] = [];
  readonly effects: Effect[] = [];
  #journey: Journey;
  readonly #answers: readonly RecordedFact[];
  readonly #asked = new Map<string, RecordedFact>();

  constructor(
    journey: Journey,
    readonly input: Input,
    facts: readonly RecordedFact[],
    readonly policy: Policy,
  ) {
    this.#journey = journey;
    this.#answers = facts;
  }

  /** The journey as the transitions so far have made it. */
  get journey(): Journey {
    return this.#journey;
  }

  get at(): number {
    return this.input.at;
  }

  emit(transition: Transition): void {
    this.transitions.push(transition);
    this.#journey = evolveOne(this.#journey, transition, this.#journey.seq + 1, this.at);
  }

  notify(effect: Omit<Extract<Effect, { type: 'notify' }>, 'type'>): void {
    this.effects.push({ type: 'notify', ...effect });
  }

  /**
   * The recorded answer to a question. Answers are recorded in the order in which their questions come up;
   * a question that is asked again gets the same answer.
   */
  ask(question: Question): RecordedFact {
    const key = canonical(question);
    const known = this.#asked.get(key);
    if (known !== undefined) return known;
    const answer = this.#answers[this.#asked.size];
    if (answer === undefined) throw new MissingAnswer(question);
    if (answer.answer !== question.ask)
      throw new Error(`the recorded fact does not answer "${question.ask}"`);
    this.#asked.set(key, answer);
    return answer;
  }

  /** Whose turn it is in the pool; null: nobody can take the lead now. */
  whoseTurn(question: Omit<Extract<Question, { ask: 'route' }>, 'ask'>): string | null {
    const fact = this.ask({ ask: 'route', ...question });
    return fact.answer === 'route' ? fact.rep : null;
  }

  /** Whether the rep may be given the lead by name. */
  verdictOn(rep: string): Extract<RecordedFact, { answer: 'rep' }>['verdict'] {
    const fact = this.ask({ ask: 'rep', rep });
    return fact.answer === 'rep' ? fact.verdict : 'unknown';
  }

  /** Whether the lead's fields fulfil the conditions of a rule. */
  fieldsFulfil(rule: FieldRule): boolean {
    const fact = this.ask({ ask: 'fields', rule });
    return fact.answer === 'fields' && fact.fulfilled;
  }

  /** The input's body, for a move or guard that serves only this kind of input. */
  bodyOf<K extends InputKind>(kind: K): InputBodies[K] {
    if (!isKind(this.input, kind))
      throw new Error(`"${this.input.kind}" is not "${kind}": the stage table is wrong`);
    return this.input.body;
  }
}

function isKind<K extends InputKind>(input: Input, kind: K): input is Input & InputOf<K> {
  return input.kind === kind;
}
