import type { EntityManager } from 'typeorm';
import { policySchema, type Policy } from '../domain/policy/policy.schema.js';
import { sha256 } from '../journal/chain.js';
import type { AuditSources, LeadRecords } from './lead-records.js';

/** Journal keys by id: those that made the MACs of rows. */
export type JournalKeys = ReadonlyMap<string, Buffer>;

/** Reads what the rows of some leads refer to. Policies are kept between calls: there are few. */
export class SourceReader {
  readonly #policies = new Map<string, Policy | null>();

  constructor(
    private readonly manager: EntityManager,
    private readonly keys: JournalKeys,
  ) {}

  async sourcesFor(batch: readonly LeadRecords[]): Promise<AuditSources> {
    const texts = batch.flatMap(({ rows }) => rows.map(({ bytes }) => bytes));
    await this.#readPolicies([
      ...texts.flatMap((bytes) => hashesAt(POLICY, bytes)),
      ...batch.map(({ lead }) => lead.policy),
    ]);
    const evidence = await this.#read<{ hash: string; bytes: string }>(
      'select hash, bytes from evidence where hash = any($1)',
      texts.flatMap((bytes) => hashesAt(EVIDENCE, bytes)),
    );
    const personal = await this.#read<{ hash: string; salt: string; bytes: string }>(
      'select hash, salt, bytes from personal_evidence where hash = any($1)',
      texts.flatMap((bytes) => hashesAt(PERSONAL, bytes)),
    );
    return {
      policy: (hash) => this.#policies.get(hash) ?? null,
      evidence: (hash) => evidence.get(hash)?.bytes ?? null,
      personal: (hash) => personal.get(hash) ?? null,
      key: (id) => this.keys.get(id) ?? null,
    };
  }

  async #readPolicies(hashes: readonly string[]): Promise<void> {
    const unknown = [...new Set(hashes)].filter((hash) => !this.#policies.has(hash));
    const found = await this.#read<{ hash: string; document: string }>(
      'select hash, document from policy where hash = any($1)',
      unknown,
    );
    for (const hash of unknown) this.#policies.set(hash, toPolicy(hash, found.get(hash)?.document));
  }

  async #read<T extends { readonly hash: string }>(
    sql: string,
    hashes: readonly string[],
  ): Promise<ReadonlyMap<string, T>> {
    if (hashes.length === 0) return new Map();
    const rows = await this.manager.query<T[]>(sql, [[...new Set(hashes)]]);
    return new Map(rows.map((row) => [row.hash, row]));
  }
}

const POLICY = /"policy":"([0-9a-f]{64})"/g;
const EVIDENCE = /"evidence":"([0-9a-f]{64})"/g;
const PERSONAL = /"personal":"([0-9a-f]{64})"/g;

const hashesAt = (pattern: RegExp, bytes: string): readonly string[] =>
  [...bytes.matchAll(pattern)].flatMap(([, hash]) => (hash === undefined ? [] : [hash]));

/** A policy that is not what its hash says decides nothing. */
function toPolicy(hash: string, document: string | undefined): Policy | null {
  if (document === undefined || sha256(document) !== hash) return null;
  try {
    return policySchema.parse(JSON.parse(document));
  } catch {
    return null;
  }
}
