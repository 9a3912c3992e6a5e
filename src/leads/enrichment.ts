import type { DataSource } from 'typeorm';
import type { Clock } from '../clock.js';
import type { Actor } from '../domain/journey/inputs.js';
import { type NextQuestion, nextQuestions } from '../domain/profiling/questions.js';
import { readScore } from '../domain/scoring/read.js';
import type { Instant } from '../domain/time.js';
import type { PolicyStore } from '../policies/policy-store.js';
import { ENRICHMENT } from './fact-store.js';
import type { Ingest, IngestResult, NewEvent } from './ingest.types.js';
import { leadIdOf } from './lead-queries.js';
import { readLeads } from './lead-store.js';
import { fieldsOf, readPeople } from './profile-store.js';

/** What a source says of a lead. A repeat of (source, id) is a no-op. */
export interface Facts {
  readonly source: string;
  readonly id: string;
  /** By field; null: the source knows nothing of it any more. */
  readonly fields: NewEvent['properties'];
  /** Absent: now. */
  readonly occurredAt?: Instant;
}

/** What to ask a lead for now. */
export interface Questions {
  readonly at: Instant;
  /** Hash of the policy that the journey follows. */
  readonly policy: string;
  readonly questions: readonly NextQuestion[];
}

export type Enrichment = ReturnType<typeof createEnrichment>;

/** What comes to be known of leads, from others or by asking. */
export function createEnrichment(deps: {
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly policies: PolicyStore;
  readonly ingest: Ingest;
}) {
  const { manager } = deps.dataSource;
  return {
    /** @throws NotFound for a lead that is not here */
    async record(ref: string, { fields, ...facts }: Facts, actor: Actor): Promise<IngestResult> {
      const id = await leadIdOf(manager, ref);
      const event = { ...facts, kind: ENRICHMENT, properties: fields, lead: { id } };
      const [result] = await deps.ingest.recordEvents([event], actor);
      if (result === undefined) throw new Error('ingest has said nothing about facts');
      return result;
    },

    /** @throws NotFound for a lead that is not here */
    async nextQuestions(ref: string, asset: string | null): Promise<Questions> {
      const id = await leadIdOf(manager, ref);
      const lead = (await readLeads(manager, [id])).get(id);
      const person = (await readPeople(manager, [id])).get(id);
      if (lead === undefined || person === undefined) throw new Error(`lead ${id} has vanished`);
      const hash = lead.journey.policy;
      const policy = await deps.policies.byHash(manager, hash);
      const at = deps.clock.now();
      const { implicit: engagement } = readScore(lead.score, at, policy.scoring);
      const fields = fieldsOf(person, policy);
      return { at, policy: hash, questions: nextQuestions(policy, { fields, engagement, asset }) };
    },
  };
}
