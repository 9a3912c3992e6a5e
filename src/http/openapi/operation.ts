import { z } from 'zod';
import type { EndpointSpec } from '../endpoint.js';
import type { DescribedEndpoint } from './endpoints.js';

type Reference = (schema: z.ZodType, io: 'input' | 'output') => object;

const PROBLEM = { $ref: '#/components/responses/Problem' };

/** `/v1/leads/:id` as OpenAPI writes it. */
export const pathOf = (spec: EndpointSpec): string => spec.path.replace(/:([a-zA-Z]+)/g, '{$1}');

/** One operation of the document. */
export function operation(endpoint: DescribedEndpoint, reference: Reference): object {
  const { spec } = endpoint;
  const writes = spec.method !== 'get' && spec.access !== 'public';
  const parameters = [
    ...inPath(spec, endpoint.path, reference),
    ...inQuery(endpoint.query, reference),
    ...(writes ? [IDEMPOTENCY_KEY] : []),
    ...(spec.access === 'public' ? [] : [ACTOR]),
  ];
  const others = (spec.alsoAnswersAs ?? []).map((type) => [type, { schema: { type: 'string' } }] as const);
  const done = {
    description: `Done.${TAKES[spec.access]}`,
    content: {
      'application/json': { schema: reference(spec.answers, 'output'), example: spec.example.answer },
      ...Object.fromEntries(others),
    },
  };
  return {
    operationId: endpoint.name,
    tags: [spec.tag],
    summary: spec.summary,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    ...(spec.access === 'public' ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(endpoint.body === null ? {} : { requestBody: requestBody(spec, endpoint.body, reference) }),
    responses: {
      ...Object.fromEntries([spec.status, ...(spec.alsoAnswers ?? [])].map((status) => [status, done])),
      ...Object.fromEntries(problemsOf(endpoint, writes).map((status) => [status, PROBLEM])),
    },
  };
}

/** Whose keys open it, where not every key does. */
const TAKES: Readonly<Record<EndpointSpec['access'], string>> = {
  public: '',
  any_key: '',
  admin: ' Takes an admin key.',
  team: ' Takes a marketing or sales key.',
  agreement: ' Takes a marketing, sales or admin key.',
};

function requestBody(spec: EndpointSpec, body: z.ZodType, reference: Reference): object {
  if (spec.takesFiles !== undefined) return formBody(spec, spec.takesFiles, body, reference);
  const json = { schema: reference(body, 'input'), example: spec.example.body ?? {} };
  const others = (spec.alsoTakes ?? []).map((type) => [type, { schema: { type: 'string' } }] as const);
  return {
    required: !body.safeParse({}).success,
    content: { 'application/json': json, ...Object.fromEntries(others) },
  };
}

/** The text parts as the schema has them, and the files beside them. */
function formBody(spec: EndpointSpec, files: string, body: z.ZodType, reference: Reference): object {
  const content = { type: 'string', contentMediaType: 'application/octet-stream' };
  const parts = { type: 'object', properties: { [files]: { type: 'array', items: content, minItems: 1 } } };
  return {
    required: true,
    content: {
      'multipart/form-data': {
        schema: { allOf: [reference(open(body), 'input'), { ...parts, required: [files] }] },
        example: spec.example.body ?? {},
      },
    },
  };
}

/** A schema that others can be added to. */
const open = (body: z.ZodType): z.ZodType => (body instanceof z.ZodObject ? body.loose() : body);

const problemsOf = ({ spec, body }: DescribedEndpoint, writes: boolean): readonly number[] => [
  ...(spec.access === 'public' ? [] : [400, 401, 403]),
  ...(spec.path.includes(':') ? [404] : []),
  ...(writes ? [409, 422] : []),
  ...(spec.alsoAnswersAs === undefined ? [] : [406]),
  ...(body === null ? [] : [413, 415]),
  ...(spec.access !== 'public' || spec.path === '/readyz' ? [503] : []),
];

function inPath(spec: EndpointSpec, path: z.ZodObject | null, reference: Reference): readonly object[] {
  return [...spec.path.matchAll(/:([a-zA-Z]+)/g)].map(([, name = '']) => {
    const schema: unknown = path?.shape[name];
    return {
      name,
      in: 'path',
      required: true,
      schema: schema === undefined ? { type: 'string' } : reference(schema as z.ZodType, 'input'),
    };
  });
}

function inQuery(query: z.ZodObject | null, reference: Reference): readonly object[] {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !(schema as z.ZodType).safeParse(undefined).success,
    schema: reference(schema as z.ZodType, 'input'),
  }));
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'A repeat with the same key has no second effect and gets the stored answer.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
  example: '0d7e5a0e-7a4b-4b6e-9a0c-0a1d5f6b7c8d',
};

const ACTOR = {
  name: 'Baton-Actor',
  in: 'header',
  required: false,
  description: 'The rep for whom an admin acts.',
  schema: { type: 'string', pattern: '^rep:[a-z0-9][a-z0-9_-]{0,63}$' },
};
