import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { isPassing } from '../db/passing.js';
import { sqlState } from '../db/transaction.js';
import { Conflict, InvalidInput, KeyReused, NotFound } from '../faults.js';
import { LeadFaulty, LeadsUnavailable } from '../leads/lead-gateway.js';
import type { Log } from '../log.js';
import { type Problem, problem, PROBLEM_TYPE, ProblemError } from './problem.js';

/** Turns whatever was thrown into problem+json. What we did not foresee is a 500 without details, and logged. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const { body, headers } = this.answer(error);
    if (response.headersSent) {
      response.end();
      return;
    }
    response
      .status(body.status)
      .set(headers)
      .type(PROBLEM_TYPE)
      .send(JSON.stringify({ ...body, instance: request.path.slice(0, 500) }));
  }

  private answer(error: unknown): { body: Problem; headers: Readonly<Record<string, string>> } {
    if (error instanceof ProblemError) return { body: error.problem, headers: error.headers };
    const body = foreseen(error);
    if (body !== null) return { body, headers: body.status === 503 ? RETRY_LATER : {} };
    if (isPassing(error)) {
      this.log.warn('the database does not answer', { error: error.name, code: sqlState(error) });
      return { body: problem(503, databaseAway), headers: RETRY_LATER };
    }
    this.log.error('request failed', { error: described(error), code: sqlState(error) });
    return {
      body: problem(500, 'Something went wrong on our side; the log of the API says what.'),
      headers: {},
    };
  }
}

/** With its stack. What the database says may quote what it could not store: of that the name and the frames. */
function described(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { name, message, stack = message } = error;
  if (sqlState(error) === null && !('driverError' in error)) return stack;
  const said = stack.indexOf(message);
  return said < 0 ? name : name + stack.slice(said + message.length);
}

function foreseen(error: unknown): Problem | null {
  if (error instanceof InvalidInput) {
    return problem(400, 'The request has faults; `errors` names them all.', { errors: error.faults });
  }
  if (error instanceof NotFound) return problem(404, error.message);
  if (error instanceof Conflict) return problem(409, error.message, { code: error.code, ...error.extra });
  if (error instanceof KeyReused) return problem(422, error.message);
  if (error instanceof HttpException) return fromNest(error);
  if (error instanceof LeadsUnavailable) return problem(503, unavailable);
  return error instanceof LeadFaulty ? problem(500, error.message, { code: 'lead_faulty' }) : null;
}

const unavailable =
  'The request is stored but could not be carried out now; repeat it with the same Idempotency-Key.';

const databaseAway =
  'The database does not answer now. Repeat the request later, a write with the same Idempotency-Key.';
const RETRY_LATER = { 'Retry-After': '2' } as const;

/** What body parser, router and Nest itself refuse. */
function fromNest(error: HttpException): Problem {
  const status = error.getStatus();
  switch (status) {
    case 404:
      return problem(404, 'There is no such route.');
    case 413:
      return problem(413, 'The body is larger than this server takes.');
    case 400:
      return problem(400, 'The request cannot be read.', { errors: [{ path: '', message: error.message }] });
    default:
      return problem(status, error.message);
  }
}
