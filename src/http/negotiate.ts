import type { Request, Response } from 'express';
import { ProblemError } from './problem.js';

/**
 * Picks the media type of an answer by the request's `Accept` and notes it in the response.
 * @param types by preference: the first one goes to whoever takes anything
 * @throws ProblemError 406 when the client takes none of them
 */
export function negotiate<T extends string>(request: Request, response: Response, types: readonly T[]): T {
  const accepted = request.accepts([...types]);
  const type = types.find((one) => one === accepted);
  if (type === undefined) throw new ProblemError(406, `This can be had as ${types.join(', ')}.`);
  response.vary('Accept').type(type);
  return type;
}
