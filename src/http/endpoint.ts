import { applyDecorators, HttpCode, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common';
import type { ZodType } from 'zod';

export const ENDPOINT = 'baton:endpoint';

/**
 * Who may call: anybody, anybody with a key, only an admin; for the agreement between marketing and sales one of
 * the two teams, or one of these or an admin.
 */
export type Access = 'public' | 'any_key' | 'admin' | 'team' | 'agreement';

/**
 * What a route is: the one description that routing, the access guard and OpenAPI read. Schemas of body,
 * query and path stand at the parameters of the method (`@Body({ schema })`), where they are checked.
 */
export interface EndpointSpec {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** From the root, with Express's `:name`. */
  readonly path: string;
  readonly access: Access;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** A lead command: answers 409 with `code` and `state`. */
  readonly command?: boolean;
  readonly status: number;
  /** Other statuses with the same answer. */
  readonly alsoAnswers?: readonly number[];
  /** Other media types than JSON that the body may have. */
  readonly alsoTakes?: readonly string[];
  /** The body is multipart/form-data, with files as parts of this name. */
  readonly takesFiles?: string;
  readonly answers: ZodType;
  /** Other media types than JSON that the answer may have, by `Accept`. */
  readonly alsoAnswersAs?: readonly string[];
  readonly example: { readonly body?: unknown; readonly answer: unknown };
}

const METHODS = {
  get: RequestMethod.GET,
  post: RequestMethod.POST,
  put: RequestMethod.PUT,
  patch: RequestMethod.PATCH,
  delete: RequestMethod.DELETE,
} as const;

/** Makes a controller's method a route. A method without it is no route at all. */
export const Endpoint = (spec: EndpointSpec): MethodDecorator =>
  applyDecorators(
    RequestMapping({ method: METHODS[spec.method], path: spec.path }),
    // Where there are several the method says which.
    ...(spec.alsoAnswers === undefined ? [HttpCode(spec.status)] : []),
    SetMetadata(ENDPOINT, spec),
  );

/** The description of a method; undefined when it is no endpoint. */
export function endpointOf(method: unknown): EndpointSpec | undefined {
  return typeof method === 'function'
    ? (Reflect.getMetadata(ENDPOINT, method) as EndpointSpec | undefined)
    : undefined;
}
