import { Controller, Param } from '@nestjs/common';
import { z } from 'zod';
import { assertNever } from '../../domain/assert-never.js';
import type { Answer } from '../../domain/journey/apply.types.js';
import type { Command, CommandBodies } from '../../domain/journey/inputs.js';
import type { Commands } from '../../leads/commands.js';
import { commandOfPath } from '../command-routes.js';
import { CurrentWrite, type Write } from '../current-write.js';
import { Endpoint } from '../endpoint.js';
import { endpointExamples } from '../examples/lead.examples.js';
import { ProblemError } from '../problem.js';
import { check } from '../schema.pipe.js';
import { commandBodies } from '../schemas/command.schemas.js';
import { leadRef } from '../schemas/lead-ref.js';
import { commandAnswer } from '../schemas/lead.schemas.js';
import { Service } from '../service.js';

const path = z.strictObject({ id: leadRef, command: z.string() });

/** The commands of people: one route for all, as they differ in their bodies only. */
@Controller()
export class CommandsController {
  constructor(@Service('commands') private readonly commands: Commands) {}

  @Endpoint({
    method: 'post',
    path: '/v1/leads/:id/:command',
    access: 'any_key',
    tag: 'commands',
    summary: 'A command',
    command: true,
    status: 200,
    answers: commandAnswer,
    example: { answer: endpointExamples.commandAnswer },
  })
  async runCommand(
    @Param({ schema: path }) { id, command }: z.output<typeof path>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    const kind = commandOfPath(command);
    if (kind === undefined) throw new ProblemError(404, 'There is no such route.');
    const { note, occurred, ...body } = await checkBody(kind, write.body);
    const answer = await this.commands.run({
      lead: id,
      kind,
      body,
      note: note ?? null,
      occurred: occurred === undefined ? null : Date.parse(occurred),
      actor: write.actor,
      key: write.key,
      sent: write.body,
    });
    return toResponse(answer);
  }
}

type Checked<C extends Command> = CommandBodies[C] & {
  readonly note?: string | undefined;
  readonly occurred?: string | undefined;
};

// The schemas satisfy the bodies; TypeScript cannot follow the correlation through the table.
const checkBody = async <C extends Command>(kind: C, body: unknown): Promise<Checked<C>> =>
  (await check(commandBodies[kind], body ?? {})) as Checked<C>;

function toResponse(answer: Answer): object {
  switch (answer.outcome) {
    case 'done':
      return { lead: answer.state, seq: answer.seq };
    case 'refused': {
      const { code, detail, state, seq } = answer;
      throw new ProblemError(409, detail, { code, state, seq });
    }
    default:
      return assertNever(answer);
  }
}
