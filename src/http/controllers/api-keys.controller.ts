import { Body, Controller, Param } from '@nestjs/common';
import type { z } from 'zod';
import type { ApiKeys } from '../../access/api-keys.js';
import type { Writes } from '../../idempotency/idempotency.js';
import { CurrentWrite, type Write } from '../current-write.js';
import { Endpoint } from '../endpoint.js';
import { operationExamples as examples } from '../examples/operation.examples.js';
import { apiKey, apiKeyList, apiKeyPath, createdApiKey, newApiKey } from '../schemas/access.schemas.js';
import { Service } from '../service.js';

/** Who comes in. */
@Controller()
export class ApiKeysController {
  constructor(
    @Service('apiKeys') private readonly keys: ApiKeys,
    @Service('writes') private readonly writes: Writes,
  ) {}

  @Endpoint({
    method: 'get',
    path: '/v1/api-keys',
    access: 'admin',
    tag: 'access',
    summary: 'List API keys',
    status: 200,
    answers: apiKeyList,
    example: { answer: { items: [examples.apiKey] } },
  })
  async listKeys(): Promise<object> {
    return { items: await this.keys.list() };
  }

  @Endpoint({
    method: 'post',
    path: '/v1/api-keys',
    access: 'admin',
    tag: 'access',
    summary: 'Make an API key',
    description: 'The key is in this answer only; Baton keeps its hash.',
    status: 201,
    answers: createdApiKey,
    example: {
      body: { name: 'CRM bridge', role: 'admin' },
      answer: { ...examples.apiKey, key: 'baton_Q1s…' },
    },
  })
  createKey(
    @Body({ schema: newApiKey }) body: z.output<typeof newApiKey>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    return this.writes.run(write, (tx) => this.keys.create(tx, body), { secret: true });
  }

  @Endpoint({
    method: 'delete',
    path: '/v1/api-keys/:id',
    access: 'admin',
    tag: 'access',
    summary: 'Revoke an API key',
    status: 200,
    answers: apiKey,
    example: { answer: { ...examples.apiKey, revokedAt: '2026-02-01T10:00:00.000Z' } },
  })
  revokeKey(
    @Param({ schema: apiKeyPath }) { id }: z.output<typeof apiKeyPath>,
    @CurrentWrite() write: Write,
  ): Promise<object> {
    return this.writes.run(write, (tx) => this.keys.revoke(tx, id));
  }
}
