import { Body, Controller, Param, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { stringify } from 'yaml';
import type { z } from 'zod';
import { changeLine } from '../../domain/policy/diff.js';
import { policyJsonSchema } from '../../domain/policy/parse-policy.js';
import { InvalidInput } from '../../faults.js';
import type { Writes } from '../../idempotency/idempotency.js';
import { parseYaml, type Policies } from '../../policies/policies.js';
import { YAML_TYPES } from '../body-parsers.js';
import { numberCursor, page } from '../cursor.js';
import { CurrentWrite, type Write } from '../current-write.js';
import { Endpoint } from '../endpoint.js';
import { policyExamples as examples } from '../examples/policy.examples.js';
import { negotiate } from '../negotiate.js';
import { policyHtml } from '../policy-html.js';
import { limitOf } from '../schemas/common.js';
import {
  diffQuery,
  documentAnswer,
  documentQuery,
  policyDetail,
  policyDiffAnswer,
  policyDocument,
  policyPage,
  policyPath,
  policyQuery,
  policySchemaAnswer,
  savedPolicy,
} from '../schemas/policy.schemas.js';
import { Service } from '../service.js';
import { textFaults } from '../text-faults.js';

type PolicyPath = z.output<typeof policyPath>;

const DOCUMENT_TYPES = ['text/markdown', 'text/html', 'application/json'] as const;

/** The agreement between marketing and sales. */
@Controller()
export class PoliciesController {
  constructor(
    @Service('policies') private readonly policies: Policies,
    @Service('writes') private readonly writes: Writes,
  ) {}

  @Endpoint({
    method: 'get',
    path: '/v1/policies',
    access: 'any_key',
    tag: 'policies',
    summary: 'List policies',
    description: 'Newest first, each with where it stands and who did what when.',
    status: 200,
    answers: policyPage,
    example: { answer: { items: [examples.policy], next: null } },
  })
  async listPolicies(@Query({ schema: policyQuery }) query: z.output<typeof policyQuery>): Promise<object> {
    const limit = limitOf(query);
    const found = await this.policies.list(numberCursor(query.cursor), limit + 1);
    const { items, next } = page(found, limit, ({ n }) => [n]);
    return { items: items.map(({ n: _, ...summary }) => summary), next };
  }

  @Endpoint({
    method: 'get',
    path: '/v1/policies/schema',
    access: 'any_key',
    tag: 'policies',
    summary: 'Get the JSON Schema of a policy',
    status: 200,
    answers: policySchemaAnswer,
    example: { answer: { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Baton policy' } },
  })
  getSchema(): object {
    return policyJsonSchema();
  }

  @Endpoint({
    method: 'get',
    path: '/v1/policies/:hash',
    access: 'any_key',
    tag: 'policies',
    summary: 'Get a policy',
    description: 'As JSON with where it stands; with `Accept: application/yaml` the document alone.',
    status: 200,
    alsoAnswersAs: YAML_TYPES,
    answers: policyDetail,
    example: { answer: { ...examples.policy, document: { name: 'default' } } },
  })
  async getPolicy(
    @Param({ schema: policyPath }) { hash }: PolicyPath,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object | string> {
    const found = await this.policies.get(hash);
    const type = negotiate(request, response, ['application/json', ...YAML_TYPES]);
    return type === 'application/json' ? found : stringify(found.document, { lineWidth: 100 });
  }

  @Endpoint({
    method: 'get',
    path: '/v1/policies/:hash/diff',
    access: 'any_key',
    tag: 'policies',
    summary: 'Compare two policies',
    description: 'Objects in lists are matched by their ids, wherever they stand.',
    status: 200,
    answers: policyDiffAnswer,
    example: { answer: examples.diff },
  })
  async diffPolicies(
    @Param({ schema: policyPath }) { hash }: PolicyPath,
    @Query({ schema: diffQuery }) { against }: z.output<typeof diffQuery>,
  ): Promise<object> {
    const changes = await this.policies.diff(hash, against);
    return { against, hash, changes, lines: changes.map(changeLine) };
  }

  @Endpoint({
    method: 'get',
    path: '/v1/policies/:hash/document',
    access: 'any_key',
    tag: 'policies',
    summary: 'Print a policy for people',
    description:
      'As Markdown, or with `Accept: text/html` as a page: the whole policy, its history, and what it changes.',
    status: 200,
    alsoAnswersAs: ['text/markdown', 'text/html'],
    answers: documentAnswer,
    example: { answer: { markdown: '# Policy default\n' } },
  })
  async printPolicy(
    @Param({ schema: policyPath }) { hash }: PolicyPath,
    @Query({ schema: documentQuery }) { against }: z.output<typeof documentQuery>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object | string> {
    const markdown = await this.policies.document(hash, against ?? null);
    switch (negotiate(request, response, DOCUMENT_TYPES)) {
      case 'text/markdown':
        return markdown;
      case 'text/html':
        return policyHtml(`Policy ${hash.slice(0, 12)}`, markdown);
      case 'application/json':
        return { markdown };
    }
  }

  @Endpoint({
    method: 'post',
    path: '/v1/policies',
    access: 'agreement',
    tag: 'policies',
    summary: 'Draft a policy',
    description:
      'As JSON or YAML. Refused whole, with every fault and its path. The same document again changes nothing.',
    status: 201,
    alsoTakes: YAML_TYPES,
    answers: savedPolicy,
    example: {
      body: { name: 'default' },
      answer: { hash: examples.policy.hash, name: 'default', state: 'draft', warnings: [] },
    },
  })
  createPolicy(
    @Body({ schema: policyDocument }) body: unknown,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    const document = typeof body === 'string' ? parseYaml(body) : body;
    const faults = textFaults(document);
    if (faults.length > 0) throw new InvalidInput(faults);
    const { role, actor } = write.caller;
    return this.writes.run(write, (tx) => this.policies.save(tx, document, { role, id: actor.id }));
  }
}
