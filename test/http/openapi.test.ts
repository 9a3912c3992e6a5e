import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { COMMANDS } from '../../src/domain/journey/inputs.js';
import { CONTROLLERS } from '../../src/http/app.module.js';
import { endpointsOf } from '../../src/http/openapi/endpoints.js';
import { pathOf } from '../../src/http/openapi/operation.js';
import { useApi } from './api.harness.js';

type Json = Record<string, unknown>;

describe('the OpenAPI document', () => {
  const api = useApi();
  const document = async (): Promise<Json> =>
    (await api().call('GET', '/openapi.json', undefined, { key: null })).body as Json;
  const operations = async (): Promise<[string, Json][]> =>
    Object.entries((await document())['paths'] as Record<string, Record<string, Json>>).flatMap(
      ([path, methods]) =>
        Object.entries(methods).map(([method, operation]): [string, Json] => [
          `${method} ${path}`,
          operation,
        ]),
    );

  it('is OpenAPI 3.1, and every schema in it is JSON Schema 2020-12 whose references lead somewhere', async () => {
    const whole = await document();
    expect(whole['openapi']).toMatch(/^3\.1\./);
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ ...whole, $id: 'https://baton/openapi' });
    const { schemas } = whole['components'] as { schemas: Record<string, object> };
    expect(Object.keys(schemas).length).toBeGreaterThan(20);
    for (const [name, schema] of Object.entries(schemas)) {
      expect([name, ajv.validateSchema(schema)]).toEqual([name, true]);
      expect(() => ajv.compile({ $ref: `https://baton/openapi#/components/schemas/${name}` })).not.toThrow();
    }
    for (const reference of JSON.stringify(whole).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = (reference[1] ?? '')
        .split('/')
        .reduce<unknown>((at, key) => (at as Json | undefined)?.[key], whole);
      expect([reference[1], target === undefined]).toEqual([reference[1], false]);
    }
  });

  it('has every route that the server has, and no other', async () => {
    const served = CONTROLLERS.flatMap(endpointsOf).map(({ spec }) => `${spec.method} ${pathOf(spec)}`);
    expect((await operations()).map(([name]) => name).sort()).toEqual(served.sort());
    for (const command of COMMANDS)
      expect(served).toContain(`post /v1/leads/{id}/${command.replaceAll('_', '-')}`);
  });

  it('shows an example for every body and every answer, and each is valid', async () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const whole = await document();
    ajv.addSchema({ ...whole, $id: 'https://baton/openapi' });
    const valid = (schema: unknown, example: unknown): unknown => {
      const absolute = JSON.stringify(schema).replaceAll(
        '"#/components',
        '"https://baton/openapi#/components',
      );
      const validate = ajv.compile(JSON.parse(absolute) as object);
      return validate(example) ? [] : validate.errors;
    };
    for (const [name, operation] of await operations()) {
      const bodies = [
        (operation['requestBody'] as { content: Json } | undefined)?.content,
        ...Object.values(operation['responses'] as Record<string, { content?: Json }>).map(
          ({ content }) => content,
        ),
      ];
      for (const content of bodies) {
        const json = content?.['application/json'] as { schema: unknown; example: unknown } | undefined;
        if (json === undefined) continue;
        expect([name, 'example' in json]).toEqual([name, true]);
        if (!name.includes('/v1/policies'))
          expect([name, valid(json.schema, json.example)]).toEqual([name, []]);
      }
    }
  });

  it('gives every operation its own id, its problems, and an idempotency key to every write', async () => {
    const all = await operations();
    expect(new Set(all.map(([, operation]) => operation['operationId'])).size).toBe(all.length);
    for (const [name, operation] of all) {
      const parameters = ((operation['parameters'] ?? []) as { name: string }[]).map(
        (parameter) => parameter.name,
      );
      expect([name, parameters.includes('Idempotency-Key')]).toEqual([name, !name.startsWith('get ')]);
    }
  });
});

describe('the documentation page', () => {
  const api = useApi();

  it('comes with all that it needs, without a key and without a network', async () => {
    const page = await api().call('GET', '/docs', undefined, { key: null });
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/(?:src|href)="https?:/);
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file ?? '');
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const { status } = await api().call('GET', new URL(file, `${api().url}/docs`).pathname, undefined, {
        key: null,
      });
      expect([file, status]).toEqual([file, 200]);
    }
  });
});

describe('health', () => {
  const api = useApi({ pingTemporal: () => Promise.reject(new Error('away')) });

  it('says alive, and names what is not reachable', async () => {
    expect(await api().call('GET', '/healthz', undefined, { key: null })).toMatchObject({
      status: 200,
      body: { status: 'ok' },
    });
    const ready = await api().call('GET', '/readyz', undefined, { key: null });
    expect(ready).toMatchObject({
      status: 503,
      body: { checks: { database: 'ok', temporal: 'unreachable' } },
    });
  });
});
