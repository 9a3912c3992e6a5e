import { STATUS_CODES } from 'node:http';
import type { Fault } from '../faults.js';

export const PROBLEM_TYPE = 'application/problem+json';

/** RFC 9457: what every error answer of the API looks like. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance?: string;
  /** For machines, such as `not_yours`. */
  readonly code?: string;
  readonly errors?: readonly Fault[];
  readonly [extra: string]: unknown;
}

export function problem(
  status: number,
  detail: string,
  extra: Readonly<Record<string, unknown>> = {},
): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, ...extra };
}

/** An answer that is decided in the HTTP layer itself, such as 401 or 415. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;
  constructor(
    status: number,
    detail: string,
    extra: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.problem = problem(status, detail, extra);
  }
}
