import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type DataSource, type EntityManager, IsNull } from 'typeorm';
import { type Clock, systemClock } from '../clock.js';
import type { Config } from '../config.js';
import { createDataSource } from '../db/data-source.js';
import { ApiKeyEntity } from '../db/entities/api-key.entity.js';
import { RepEntity } from '../db/entities/rep.entity.js';
import { inTransaction } from '../db/transaction.js';
import { type Instant, MINUTE } from '../domain/time.js';
import { InvalidInput, NotFound } from '../faults.js';
import type { KeyHolder, Role } from './caller.js';

/** An API key without its secret, which is stored nowhere. Instants are ISO 8601 in UTC. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly rep: string | null;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

export interface NewApiKey {
  readonly name: string;
  readonly role: Role;
  readonly rep: string | null;
}

/** How exact `lastUsedAt` is: writing it at every request would cost more than it tells. */
const LAST_USED_STEP = MINUTE;
/** Any number; the same for all who look for the first admin key. */
const FIRST_KEY_LOCK = 7_310;

export const newSecret = (): string => `baton_${randomBytes(32).toString('base64url')}`;

/** A key has 256 random bits: a plain hash is enough, there is nothing to guess. */
export const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('hex');

export type ApiKeys = ReturnType<typeof createApiKeys>;

export function createApiKeys({ dataSource, clock }: { dataSource: DataSource; clock: Clock }) {
  return {
    /** Whose key this is; null when it is unknown or revoked. */
    async holderOf(key: string): Promise<KeyHolder | null> {
      const found = await dataSource.manager.findOneBy(ApiKeyEntity, {
        hash: hashOfKey(key),
        revokedAt: IsNull(),
      });
      if (found === null) return null;
      const now = clock.now();
      if (found.lastUsedAt === null || found.lastUsedAt < now - LAST_USED_STEP) {
        await dataSource.manager.update(ApiKeyEntity, found.id, { lastUsedAt: now });
      }
      return { keyId: found.id, role: found.role, repId: found.repId };
    },

    /** Makes a key; its secret is in this answer and never again. */
    create: (tx: EntityManager, input: NewApiKey): Promise<ApiKey & { readonly key: string }> =>
      insertKey(tx, input, clock.now()),

    async list(): Promise<readonly ApiKey[]> {
      const found = await dataSource.manager.find(ApiKeyEntity, { order: { createdAt: 'ASC', id: 'ASC' } });
      return found.map(toApiKey);
    },

    /** Revoking twice is no fault. The key stays in the list, as the journal names it. */
    async revoke(tx: EntityManager, id: string): Promise<ApiKey> {
      const found = await tx.findOneBy(ApiKeyEntity, { id });
      if (found === null) throw new NotFound(`there is no API key ${id}`);
      found.revokedAt ??= clock.now();
      return toApiKey(await tx.save(found));
    },
  };
}

async function insertKey(
  tx: EntityManager,
  input: NewApiKey,
  now: Instant,
): Promise<ApiKey & { readonly key: string }> {
  if (input.rep !== null && !(await tx.existsBy(RepEntity, { id: input.rep }))) {
    throw new InvalidInput([{ path: '/rep', message: `there is no rep ${input.rep}` }]);
  }
  const key = newSecret();
  const entity = tx.create(ApiKeyEntity, {
    id: randomUUID(),
    name: input.name,
    hash: hashOfKey(key),
    role: input.role,
    repId: input.rep,
    createdAt: now,
    revokedAt: null,
    lastUsedAt: null,
  });
  await tx.insert(ApiKeyEntity, entity);
  return { ...toApiKey(entity), key };
}

/**
 * Makes the first admin key for a fresh database; safe to call from many processes at once.
 * @returns the key, to be shown once; null when there is an admin key already
 */
export async function createFirstAdminKey(config: Pick<Config, 'databaseUrl'>): Promise<string | null> {
  const dataSource = createDataSource({ url: config.databaseUrl, poolSize: 1, name: 'baton-first-key' });
  await dataSource.initialize();
  try {
    return await inTransaction(dataSource, async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1)', [FIRST_KEY_LOCK]);
      if (await tx.existsBy(ApiKeyEntity, { role: 'admin', revokedAt: IsNull() })) return null;
      return (await insertKey(tx, { name: 'first admin key', role: 'admin', rep: null }, systemClock.now()))
        .key;
    });
  } finally {
    await dataSource.destroy();
  }
}

const toApiKey = (key: ApiKeyEntity): ApiKey => ({
  id: key.id,
  name: key.name,
  role: key.role,
  rep: key.repId,
  createdAt: isoOf(key.createdAt),
  lastUsedAt: key.lastUsedAt === null ? null : isoOf(key.lastUsedAt),
  revokedAt: key.revokedAt === null ? null : isoOf(key.revokedAt),
});

const isoOf = (at: Instant): string => new Date(at).toISOString();
