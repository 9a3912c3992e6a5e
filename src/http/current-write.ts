import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Caller } from '../access/caller.js';
import { InvalidInput } from '../faults.js';
import type { WriteRequest } from '../idempotency/idempotency.js';
import { callerOfRequest } from './access.guard.js';

/** Visible ASCII and spaces; a UUID is what most clients send. */
const KEY = /^[\x20-\x7e]{1,255}$/;

/** A write as its client sent it: who, what, and with which key. */
export interface Write extends WriteRequest {
  readonly caller: Caller;
}

/** The write that a request asks for, for `Writes.run` and for commands. */
export const CurrentWrite = createParamDecorator((_: unknown, context: ExecutionContext): Write => {
  const request = context.switchToHttp().getRequest<Request>();
  const caller = callerOfRequest(request);
  const body: unknown = request.body;
  return {
    caller,
    actor: caller.actor,
    method: request.method,
    path: request.path,
    key: keyOf(request),
    body,
  };
});

/** Who asks. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller =>
  callerOfRequest(context.switchToHttp().getRequest<Request>()),
);

function keyOf(request: Request): string | null {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return null;
  if (typeof header === 'string' && KEY.test(header)) return header;
  throw new InvalidInput([{ path: 'Idempotency-Key', message: 'must be 1 to 255 visible ASCII characters' }]);
}
