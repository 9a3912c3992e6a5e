import type { LeadView } from '../domain/journey/apply.types.js';
import type { Command } from '../domain/journey/inputs.js';
import type { Policy } from '../domain/policy/policy.schema.js';
import type { Milliseconds } from '../domain/time.js';
import type { Invariant } from './invariants.js';
import type { LogEntry } from './play-log.js';

type Value = string | number | boolean | null;
export type Properties = Readonly<Record<string, Value>>;

/** Something that a lead does some time after it came in. */
export interface TimedEvent {
  /** Since the lead came in, in the data's own time: `--speed` divides it. */
  readonly after: Milliseconds;
  /** Unique in its data set: a repeat is a no-op. */
  readonly id: string;
  readonly kind: string;
  readonly properties: Properties;
}

/** A lead that is played. */
export interface PlayedLead {
  readonly externalId: string;
  /** The body of `POST /v1/leads`, without any instant: all in it happens when it is sent. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What it does later, in its order. */
  readonly timeline: readonly TimedEvent[];
  /** What is odd about it in the data; it is played like any other. */
  readonly odd: readonly string[];
}

export interface PlayedRep {
  readonly id: string;
  readonly name: string;
  /** Most open leads; null: no limit. */
  readonly cap: number | null;
}

export interface PlayedPool {
  readonly id: string;
  readonly name: string;
  readonly reps: readonly PlayedRep[];
}

/** Which offer or assignment of a lead is meant, whoever got it. */
export interface Attempt {
  /** Counts the hand-offs of the lead. */
  readonly n: number;
  readonly kind: 'sdr' | 'ae';
  /** Counts the reps who have had it in this hand-off. */
  readonly attempt: number;
}

/** What somebody who works with a lead knows when deciding what to do next. */
export interface Scene {
  readonly seed: number;
  readonly view: LeadView;
  /** Names of the steps that were carried out. */
  readonly done: ReadonlySet<string>;
  /** The newest offer or assignment; null before the first. */
  readonly last: Attempt | null;
  /** The lead has done all that it ever does. */
  readonly silent: boolean;
  /** The clocks of the policy in force, in real time. */
  readonly clocks: Readonly<Record<'acceptance' | 'firstResponse' | 'firstResponseHandRaiser', Milliseconds>>;
  /** How long so much of the data's time takes in this play. */
  readonly real: (length: Milliseconds) => Milliseconds;
}

/** What is done next with a lead. Its `name` says which decision it is: the same name, the same decision. */
export type Step =
  | {
      readonly do: 'command';
      readonly name: string;
      readonly command: Command;
      readonly body: Readonly<Record<string, Value>>;
      /** The rep who does it; null: the manager. */
      readonly as: string | null;
      /** How long they take for it, in real time. */
      readonly after: Milliseconds;
    }
  /** Something that is told to `POST /v1/events`, such as a meeting. */
  | {
      readonly do: 'event';
      readonly name: string;
      readonly kind: string;
      readonly properties: Properties;
      readonly after: Milliseconds;
    }
  /** Somebody says nothing: a clock decides. */
  | { readonly do: 'silence'; readonly name: string }
  /** Something else moves the lead. */
  | { readonly do: 'wait' }
  /** The lead stays where it is. */
  | { readonly do: 'rest' };

/** Leads with what became of them in the data, and the people who work with them. */
export interface DataSet<L extends PlayedLead = PlayedLead> {
  readonly name: string;
  /** The system in the leads' external ids. */
  readonly source: string;
  /** At the data's own speed. */
  readonly policy: Policy;
  readonly pools: readonly PlayedPool[];
  /** In the order in which they come in. */
  readonly leads: readonly L[];
  /** How long to go on after the last lead has done its last, in the data's own time: what cools down then is a part of it. */
  readonly linger: Milliseconds;
  /** At which it is worth looking at, unless the user says how fast. */
  readonly speed: number;
  /** Leads that come in a second, unless the user says how many. */
  readonly rate: number;
  /** No more come in while so many are not at rest; null: no limit. */
  readonly mostMoving: number | null;
  /** Pure: a function of the lead and the scene. */
  nextStep(lead: L, scene: Scene): Step;
  /** What else must hold in the end, by the data. */
  check(end: Ending): readonly Invariant[];
}

/** What is known when all is over. */
export interface Ending {
  readonly speed: number;
  /** An earlier play began with these leads: the log does not know all. */
  readonly resumed: boolean;
  readonly log: readonly LogEntry[];
  /** Where each lead stands, by external id. */
  readonly views: ReadonlyMap<string, LeadView>;
  /** Leads by original source, as Baton reports them; null where it holds leads of others. */
  readonly funnel: readonly FunnelBySource[] | null;
}

export interface FunnelBySource {
  /** Null: leads without a source. */
  readonly source: string | null;
  readonly leads: number;
  /** Leads that were ever in a stage, and that are there now. */
  readonly reached: Readonly<Record<string, number>>;
  readonly now: Readonly<Record<string, number>>;
}
