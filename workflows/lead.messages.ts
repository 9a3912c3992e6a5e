import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Answer, LeadAttributes } from '../src/domain/journey/apply.types.js';
import { COMMANDS, type Command } from '../src/domain/journey/inputs.js';
import type { Instant } from '../src/domain/time.js';

/** The workflow's registered name. */
export const LEAD_WORKFLOW = 'leadWorkflow';

const PREFIX = 'lead:';
export const leadWorkflowId = (leadId: string): string => PREFIX + leadId;
/** Null for the id of a workflow that is no lead's. */
export const leadIdFromWorkflowId = (workflowId: string): string | null =>
  workflowId.startsWith(PREFIX) ? workflowId.slice(PREFIX.length) : null;

/** What the Temporal UI finds a lead by. */
export interface ShownAttributes extends LeadAttributes {
  /** Why only a person can help; null: nothing is wrong. */
  readonly trouble: string | null;
}

/** What the workflow of a lead starts from; all but `leadId` is what an earlier run hands on. */
export interface LeadRun {
  readonly leadId: string;
  readonly handedOn?: {
    /** Newest journal row that the earlier run saw. */
    readonly seq: number;
    /** As last upserted: a continued run keeps its search attributes. */
    readonly attributes: ShownAttributes | null;
    /** The newest rows in a few words each, for the Temporal UI. */
    readonly story: readonly string[];
    /** Absolute: a timer does not survive continue-as-new. */
    readonly wakeAt: Instant | null;
    readonly wakeFor: string | null;
    /** Handed on in an outage only, be there any or not: what the next run tries at once, and looks after. */
    readonly commands?: readonly HandedOnCommand[];
  };
}

export interface HandedOnCommand {
  readonly inputId: string;
  readonly name: Command;
}

/** A command is known by its id only; what it says lies in the inbox. */
export interface CommandMessage {
  readonly inputId: string;
}

type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;
/** `hand_off` → `handOffUpdate`. */
export type UpdateName = `${CamelCase<Command>}Update`;

const updateOf = (command: Command) =>
  defineUpdate<Answer, [CommandMessage]>(
    `${command.replace(/_(.)/g, (_match, letter: string) => letter.toUpperCase())}Update`,
  );
export type CommandUpdate = ReturnType<typeof updateOf>;

/** One update per command, named for it, so that the history tells the story. */
export const commandUpdates: ReadonlyMap<Command, CommandUpdate> = new Map(
  COMMANDS.map((command) => [command, updateOf(command)]),
);

/** Doorbells carry nothing: what there is to do lies in the inbox, in the score and in the queue. */
export const scoreChangedSignal = defineSignal('scoreChangedSignal');
export const leadFactSignal = defineSignal('leadFactSignal');
export const poolWakeSignal = defineSignal('poolWakeSignal');

export const BELLS = { score: scoreChangedSignal, fact: leadFactSignal, pool: poolWakeSignal } as const;
export type Bell = keyof typeof BELLS;

export const leadSearchAttributes = {
  stage: defineSearchAttributeKey('BatonStage', SearchAttributeType.KEYWORD),
  owner: defineSearchAttributeKey('BatonOwner', SearchAttributeType.KEYWORD),
  pool: defineSearchAttributeKey('BatonPool', SearchAttributeType.KEYWORD),
  policy: defineSearchAttributeKey('BatonPolicy', SearchAttributeType.KEYWORD),
  trouble: defineSearchAttributeKey('BatonTrouble', SearchAttributeType.KEYWORD),
  due: defineSearchAttributeKey('BatonDue', SearchAttributeType.DATETIME),
} as const;

/** Type of the failure that no retry can mend: the name of the error that `apply` throws then. */
export const JOURNAL_CONFLICT = 'JournalConflict';
/** Type of the failure that passes: a command that gets it is sent again with the same id. */
export const JOURNAL_UNAVAILABLE = 'JournalUnavailable';
