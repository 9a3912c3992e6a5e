import type { Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { z } from 'zod';
import { commandRoutes } from '../command-routes.js';
import { endpointOf, type EndpointSpec } from '../endpoint.js';

export interface DescribedEndpoint {
  readonly name: string;
  readonly spec: EndpointSpec;
  readonly body: z.ZodType | null;
  readonly query: z.ZodObject | null;
  readonly path: z.ZodObject | null;
}

/** The routes of a controller with the schemas that its parameters are checked by. */
export function endpointsOf(controller: Type): readonly DescribedEndpoint[] {
  const prototype: object = controller.prototype as object;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const spec = endpointOf(Object.getOwnPropertyDescriptor(prototype, name)?.value);
    if (spec === undefined) return [];
    const schemas = schemasOf(controller, name);
    const described = {
      name,
      spec,
      body: schemas.get(RouteParamtypes.BODY) ?? null,
      query: asObject(schemas.get(RouteParamtypes.QUERY)),
      path: asObject(schemas.get(RouteParamtypes.PARAM)),
    };
    return spec.command === true ? commandRoutes.map((route) => ({ ...described, ...route })) : [described];
  });
}

/** What `@Body({ schema })` and its like have noted about the parameters of a method. */
function schemasOf(controller: Type, method: string): ReadonlyMap<number, z.ZodType> {
  const noted = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) as
    Readonly<Record<string, unknown>> | undefined;
  const schemas = new Map<number, z.ZodType>();
  for (const [key, parameter] of Object.entries(noted ?? {})) {
    const schema: unknown =
      typeof parameter === 'object' && parameter !== null && 'schema' in parameter ? parameter.schema : null;
    if (schema instanceof z.ZodType) schemas.set(Number(key.split(':')[0]), schema);
  }
  return schemas;
}

const asObject = (schema: z.ZodType | undefined): z.ZodObject | null =>
  schema instanceof z.ZodObject ? schema : null;
