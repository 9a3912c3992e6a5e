import type { DataSource } from 'typeorm';
import type { Clock } from '../clock.js';
import {
  type Bucket,
  bucketOf,
  type ChecklistItem,
  checklistOf,
  missingCriteria,
  type MustHaveItem,
  mustHavesOf,
  type Priority,
  priorityOf,
} from '../domain/qualification/checklist.js';
import type { FrameworkName } from '../domain/qualification/frameworks.js';
import { readScore } from '../domain/scoring/read.js';
import type { Instant } from '../domain/time.js';
import type { PolicyStore } from '../policies/policy-store.js';
import { leadIdOf } from './lead-queries.js';
import { readLeads } from './lead-store.js';

/** How far a lead is qualified, and how urgent it is. */
export interface Checklist {
  readonly at: Instant;
  readonly policy: string;
  readonly framework: FrameworkName | null;
  readonly items: readonly ChecklistItem[];
  /** Required criteria that are not confirmed: until then it cannot be an SQL. */
  readonly missing: readonly string[];
  /** What it must be to be handed off by itself. */
  readonly mustHaves: readonly MustHaveItem[];
  readonly bucket: Bucket;
  readonly priority: Priority;
}

export type ChecklistQueries = ReturnType<typeof createChecklistQueries>;

export function createChecklistQueries(deps: {
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly policies: PolicyStore;
}) {
  const { manager } = deps.dataSource;
  return {
    async checklist(ref: string): Promise<Checklist> {
      const id = await leadIdOf(manager, ref);
      const lead = (await readLeads(manager, [id])).get(id);
      if (lead === undefined) throw new Error(`lead ${id} has vanished`);
      const { journey } = lead;
      const policy = await deps.policies.byHash(manager, journey.policy);
      const at = deps.clock.now();
      const reading = readScore(lead.score, at, policy.scoring);
      return {
        at,
        policy: journey.policy,
        framework: policy.qualification.framework ?? null,
        items: checklistOf(journey, policy),
        missing: missingCriteria(journey, policy),
        mustHaves: mustHavesOf(reading, policy),
        bucket: bucketOf(reading.total, policy),
        priority: priorityOf(journey, reading),
      };
    },
  };
}
