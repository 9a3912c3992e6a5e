import { ApiKeyEntity } from './api-key.entity.js';
import { DeliveryEntity } from './delivery.entity.js';
import { PoolEntity } from './pool.entity.js';
import { PoolMemberEntity } from './pool-member.entity.js';
import { RepEntity } from './rep.entity.js';
import { WebhookEntity } from './webhook.entity.js';

/** The tables that have a repository; the hot path speaks SQL. */
export const ENTITIES = [
  ApiKeyEntity,
  DeliveryEntity,
  PoolEntity,
  PoolMemberEntity,
  RepEntity,
  WebhookEntity,
] as const;
