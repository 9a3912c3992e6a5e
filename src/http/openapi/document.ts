import type { Type } from '@nestjs/common';
import { z } from 'zod';
import { problemSchema } from '../schemas/common.js';
import { operation, pathOf } from './operation.js';
import { endpointsOf } from './endpoints.js';

const DESCRIPTION = `Baton takes leads from marketing to sales: it scores them, hands them to a rep who accepts
in time or loses the lead to the next, and keeps every step in a journal.

\`{id}\` of a lead is Baton's id or \`external:SOURCE:ID\`, URL-encoded. Instants are ISO 8601 in UTC. Lists are
paged by opaque cursors. Every write takes an \`Idempotency-Key\`: a repeat has no second effect and gets the
stored answer. Errors are \`application/problem+json\`. An admin key may act for a rep: \`Baton-Actor: rep:ID\`.`;

/** OpenAPI 3.1 as we write it; the types of @nestjs/swagger describe 3.0. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: object;
  readonly servers: readonly object[];
  readonly security: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, unknown>>;
    readonly [kind: string]: unknown;
  };
}

/** The OpenAPI 3.1 document of the given controllers, made of the schemas that check the requests. */
export function openApiDocument(controllers: readonly Type[]): OpenApiDocument {
  const schemas: Record<string, unknown> = {};
  const paths: Record<string, Record<string, object>> = {};
  const reference = (schema: z.ZodType, io: 'input' | 'output'): object => jsonSchema(schema, io, schemas);
  for (const endpoint of controllers.flatMap(endpointsOf)) {
    const path = (paths[pathOf(endpoint.spec)] ??= {});
    path[endpoint.spec.method] = operation(endpoint, reference);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Baton',
      version: '1',
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ apiKey: [] }],
    paths,
    components: {
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', bearerFormat: 'baton_…' } },
      responses: {
        Problem: {
          description: 'What went wrong, as problem+json.',
          content: { 'application/problem+json': { schema: reference(problemSchema, 'output') } },
        },
      },
      schemas,
    },
  };
}

/** A schema with an id becomes a component, others stay where they are. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output', components: Record<string, unknown>): object {
  const { $schema: _, $defs, ...own } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  for (const [name, definition] of Object.entries($defs ?? {})) components[name] = relinked(definition);
  return relinked(own);
}

/** zod keeps definitions in `$defs`, OpenAPI in `components`. */
const relinked = (schema: object): object =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as object;
