import { Body, Controller, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import { policyJsonSchema } from '../../domain/policy/parse-policy.js';
import { InvalidInput } from '../../faults.js';
import type { Writes } from '../../idempotency/idempotency.js';
import { parseYaml, type Policies } from '../../policies/policies.js';
import { YAML_TYPES } from '../body-parsers.js';
import { numberCursor, page } from '../cursor.js';
import { CurrentWrite, type Write } from '../current-write.js';
import { Endpoint } from '../endpoint.js';
import { operationExamples as examples } from '../examples/operation.examples.js';
import { limitOf } from '../schemas/common.js';
import {
  activatedPolicy,
  policyDetail,
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
    description: 'Newest first.',
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
    status: 200,
    answers: policyDetail,
    example: { answer: { ...examples.policy, document: { name: 'default' } } },
  })
  getPolicy(@Param({ schema: policyPath }) { hash }: PolicyPath): Promise<object> {
    return this.policies.get(hash);
  }

  @Endpoint({
    method: 'post',
    path: '/v1/policies',
    access: 'admin',
    tag: 'policies',
    summary: 'Store a policy',
    description:
      'As JSON or YAML. Refused whole, with every fault and its path. The same document again changes nothing.',
    status: 201,
    alsoTakes: YAML_TYPES,
    answers: savedPolicy,
    example: {
      body: { name: 'default' },
      answer: { hash: examples.policy.hash, name: 'default', warnings: [] },
    },
  })
  createPolicy(
    @Body({ schema: policyDocument }) body: unknown,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    const document = typeof body === 'string' ? parseYaml(body) : body;
    const faults = textFaults(document);
    if (faults.length > 0) throw new InvalidInput(faults);
    return this.writes.run(write, (tx) => this.policies.save(tx, document));
  }

  @Endpoint({
    method: 'post',
    path: '/v1/policies/:hash/activate',
    access: 'admin',
    tag: 'policies',
    summary: 'Give a policy to new leads',
    description: 'Open leads keep theirs.',
    status: 200,
    answers: activatedPolicy,
    example: { answer: { hash: examples.policy.hash, name: 'default', active: true } },
  })
  activatePolicy(
    @Param({ schema: policyPath }) { hash }: PolicyPath,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    return this.writes.run(write, (tx) => this.policies.activate(tx, hash, write.actor.id));
  }
}
