import type { z } from 'zod';
import { COMMANDS, type Command } from '../domain/journey/inputs.js';
import { endpointExamples } from './examples/lead.examples.js';
import type { EndpointSpec } from './endpoint.js';
import { commandBodies } from './schemas/command.schemas.js';
import { commandAnswer } from './schemas/lead.schemas.js';

/** `first_response` in a path: `first-response`. */
export const commandInPath = (command: Command): string => command.replaceAll('_', '-');

const byPath = new Map(COMMANDS.map((command) => [commandInPath(command), command]));

/** The command of a path's last part; undefined when there is none of that name. */
export const commandOfPath = (part: string): Command | undefined => byPath.get(part);

/** What every command says in one line, and an example of its body. */
const TEXTS: Readonly<Record<Command, readonly [summary: string, body: Readonly<Record<string, unknown>>]>> =
  {
    hand_off: ['Hand a lead to sales by hand', { reason: 'asked_for_a_call', pool: 'sdr' }],
    accept: ['Accept the lead that is offered to you', {}],
    decline: ['Decline an offered lead; the next rep gets it', { reason: 'no_time' }],
    reject: [
      'Give a lead back to marketing for its own sake',
      { reason: 'not_a_fit', note: 'Wants a feature we do not have.' },
    ],
    first_response: ['Record the first response', { channel: 'phone' }],
    follow_up: ['Record a further attempt or conversation', { channel: 'email', outcome: 'no_answer' }],
    qualification: ['Record the answer to one criterion', { criterion: 'budget', answer: 'confirmed' }],
    qualify: ['Make the lead sales qualified', {}],
    recycle: ['Send the lead back to nurture', { reason: 'bad_timing' }],
    disqualify: ['Disqualify the lead', { reason: 'competitor' }],
    reassign: ['Give the lead to another rep', { rep: 'rep-12', reason: 'territory' }],
    claim: ['Claim a queued or escalated lead', {}],
    review: ['Decide a review', { decision: 'hand_off' }],
    dispute: ['Dispute a rejection; the lead goes to review', { note: 'They have a budget.' }],
    opportunity: ['Record that an opportunity was opened', { reference: 'crm-4711' }],
    won: ['Record that the deal was won', { amount: 1_200_000, currency: 'EUR' }],
    lost: ['Record that the deal was lost', { reason: 'price' }],
    reopen: ['Reopen an ended journey', { reason: 'came_back' }],
    feedback: ['Tell marketing how good the lead was', { qualified: true, missing: 'phone' }],
    merge: ['Merge the lead into another', { into: 'lead-7' }],
    split: ['Undo a merge', {}],
    tags: ['Add and remove tags', { add: ['vip'], remove: [] }],
  };

export interface CommandRoute {
  readonly name: string;
  readonly spec: EndpointSpec;
  readonly body: z.ZodType;
}

/** The routes of all commands, as OpenAPI shows them. */
export const commandRoutes: readonly CommandRoute[] = COMMANDS.map((command) => ({
  name: `command_${command}`,
  body: commandBodies[command],
  spec: {
    method: 'post',
    path: `/v1/leads/:id/${commandInPath(command)}`,
    access: 'any_key',
    tag: 'commands',
    summary: TEXTS[command][0],
    description: "A refusal is a 409 with `code`, `detail` and the lead's `state`; it is in the journal.",
    command: true,
    status: 200,
    answers: commandAnswer,
    example: { body: TEXTS[command][1], answer: endpointExamples.commandAnswer },
  },
}));
