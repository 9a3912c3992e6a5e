import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { ApiKeys } from '../access/api-keys.js';
import { type Caller, callerOf, type KeyHolder, type Role, ROLES } from '../access/caller.js';
import { InvalidInput } from '../faults.js';
import type { Reps } from '../reps/reps.js';
import { type Access, endpointOf } from './endpoint.js';
import { ProblemError } from './problem.js';

const BEARER = /^Bearer +([\x21-\x7e]{1,200})$/i;
const ACTOR = /^rep:([a-z0-9][a-z0-9_-]{0,63})$/;

/** Whose keys open an endpoint. */
const OPENS: Readonly<Record<Exclude<Access, 'public'>, readonly Role[]>> = {
  any_key: ROLES,
  admin: ['admin'],
  team: ['marketing', 'sales'],
  agreement: ['marketing', 'sales', 'admin'],
};
/** Such as `a marketing, sales or admin key`. */
const keysOf = (roles: readonly Role[]): string =>
  `${roles[0] === 'admin' ? 'an' : 'a'} ${roles.join(', ').replace(/, (?=[^,]*$)/, ' or ')} key`;

const callers = new WeakMap<Request, Caller>();

/** Every route is closed unless its endpoint says `public`. */
export class AccessGuard implements CanActivate {
  constructor(
    private readonly keys: ApiKeys,
    private readonly reps: Reps,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const endpoint = endpointOf(context.getHandler());
    if (endpoint?.access === 'public') return true;
    const request = context.switchToHttp().getRequest<Request>();
    const holder = await this.holder(request.headers.authorization);
    const opens = OPENS[endpoint?.access ?? 'admin'];
    if (endpoint === undefined || !opens.includes(holder.role)) {
      throw new ProblemError(403, `Your key does not open this; it takes ${keysOf(opens)}.`);
    }
    callers.set(request, callerOf(holder, await this.onBehalfOf(holder, request.headers['baton-actor'])));
    return true;
  }

  private async holder(authorization: string | undefined): Promise<KeyHolder> {
    const key = BEARER.exec(authorization ?? '')?.[1];
    const holder = key === undefined ? null : await this.keys.holderOf(key);
    if (holder !== null) return holder;
    const why =
      authorization === undefined
        ? 'Send an API key as "Authorization: Bearer baton_…".'
        : 'This API key is unknown or revoked.';
    throw new ProblemError(401, why, {}, { 'WWW-Authenticate': 'Bearer' });
  }

  private async onBehalfOf(holder: KeyHolder, header: string | string[] | undefined): Promise<string | null> {
    if (header === undefined) return null;
    const rep = ACTOR.exec(String(header))?.[1];
    if (rep === undefined) throw new InvalidInput([{ path: 'Baton-Actor', message: 'write it as rep:ID' }]);
    if (holder.role !== 'admin') {
      if (rep === holder.repId) return null;
      throw new ProblemError(403, 'You act for nobody else; only an admin key may send Baton-Actor.');
    }
    if (!(await this.reps.exists(rep))) {
      throw new InvalidInput([{ path: 'Baton-Actor', message: `there is no rep ${rep}` }]);
    }
    return rep;
  }
}

/** @throws Error for a public route: nobody has looked who calls there. */
export function callerOfRequest(request: Request): Caller {
  const caller = callers.get(request);
  if (caller === undefined) throw new Error('a public route has no caller');
  return caller;
}
