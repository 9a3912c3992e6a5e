import type { DataSource, EntityManager } from 'typeorm';
import type { LeadView } from '../domain/journey/apply.types.js';
import { type Bucket, bucketBounds } from '../domain/qualification/checklist.js';
import {
  conflictsIn,
  type EffectiveWord,
  effectiveWords,
  type FieldConflict,
} from '../domain/enrichment/effective.js';
import type { Journey } from '../domain/journey/journey.js';
import type { Instant } from '../domain/time.js';
import { NotFound } from '../faults.js';
import type { PolicyStore } from '../policies/policy-store.js';
import { type Origin, resolveLead } from './lead-store.js';
import { type LeadProfile, readPeople, statedFields } from './profile-store.js';
import { type LeadReview, readReviews } from './review-queries.js';
import { toView } from './lead-view.js';

export interface LeadFilter {
  readonly stage: string | null;
  readonly owner: string | null;
  readonly pool: string | null;
  readonly source: string | null;
  readonly bucket: Bucket | null;
  /** Id of the last lead of the page before. */
  readonly after: string | null;
  readonly limit: number;
}

/** A lead in a list: no personal data. */
export interface LeadLine {
  readonly id: string;
  readonly seq: number;
  readonly stage: string;
  readonly situation: string;
  readonly team: string;
  readonly owner: string | null;
  readonly pool: string | null;
  readonly source: string | null;
  readonly campaign: string | null;
  /** In micro-points, when it was last written. */
  readonly score: number;
  /** By that score. */
  readonly bucket: Bucket;
  readonly ended: boolean;
  readonly capturedAt: Instant;
  readonly at: Instant;
}

export interface LeadDetail {
  readonly lead: LeadView;
  readonly profile: LeadProfile | null;
  readonly externalIds: readonly { readonly source: string; readonly id: string }[];
  readonly sources: Origin;
  /** The newest first. */
  readonly reviews: readonly LeadReview[];
  readonly capturedAt: Instant;
  /** Of fields of which others than the lead say something: what counts, and who says so. */
  readonly effective: Readonly<Record<string, EffectiveWord>>;
  readonly conflicts: readonly FieldConflict[];
}

/** The id of the lead that a path names. @throws NotFound */
export async function leadIdOf(manager: EntityManager, ref: string): Promise<string> {
  const head = await resolveLead(manager, ref);
  if (head === null) throw new NotFound(`there is no lead ${ref}`);
  return head.id;
}

export type LeadQueries = ReturnType<typeof createLeadQueries>;

export function createLeadQueries({
  dataSource,
  policies,
}: {
  readonly dataSource: DataSource;
  readonly policies: PolicyStore;
}) {
  const { manager } = dataSource;

  /** What each policy calls hot and warm. */
  async function boundsOfPolicies() {
    const stored = await manager.query<{ hash: string }[]>('select hash from policy');
    return Promise.all(
      stored.map(async ({ hash }) => ({
        policy: hash,
        ...bucketBounds(await policies.byHash(manager, hash)),
      })),
    );
  }

  return {
    /** In the order of their ids, which is the order of capture. */
    async list(filter: LeadFilter): Promise<readonly LeadLine[]> {
      const bounds = await boundsOfPolicies();
      return manager.query<LeadLine[]>(
        `select * from (
           select id, seq, stage, situation, team, holder as owner, pool_id as pool, source, campaign, score,
                  case when score >= b.hot then 'hot' when score >= b.warm then 'warm' else 'cold' end as bucket,
                  ended, captured_at as "capturedAt", at
             from lead join unnest($8::text[], $9::int[], $10::int[]) as b (policy, hot, warm) using (policy)
            where seq > 0
              and ($1::text is null or stage = $1) and ($2::text is null or holder = $2)
              and ($3::text is null or pool_id = $3) and ($4::text is null or source = $4)
              and ($5::text is null or id > $5)) l
          where $7::text is null or bucket = $7
          order by id limit $6`,
        [
          ...[
            filter.stage,
            filter.owner,
            filter.pool,
            filter.source,
            filter.after,
            filter.limit,
            filter.bucket,
          ],
          ...[
            bounds.map(({ policy }) => policy),
            bounds.map(({ hot }) => hot),
            bounds.map(({ warm }) => warm),
          ],
        ],
      );
    },

    async detail(ref: string): Promise<LeadDetail> {
      const id = await leadIdOf(manager, ref);
      const [lead] = await manager.query<
        { readonly state: string; readonly capturedAt: Instant; readonly statedAt: Instant | null }[]
      >(
        `select l.state, l.captured_at as "capturedAt", p.updated_at as "statedAt"
           from lead l left join lead_profile p on p.lead_id = l.id where l.id = $1`,
        [id],
      );
      const person = (await readPeople(manager, [id])).get(id);
      if (lead === undefined || person === undefined) throw new NotFound(`there is no lead ${ref}`);
      const externalIds = await manager.query<LeadDetail['externalIds']>(
        `select source, value as id from identity where lead_id = $1 and kind = 'external' order by source, value`,
        [id],
      );
      const { state, capturedAt, statedAt } = lead;
      const { profile, origin: sources, facts } = person;
      // We wrote it: the text is a journey.
      const view = toView(JSON.parse(state) as Journey);
      const { enrichment } = await policies.byHash(manager, view.policy);
      const [stated, precedence] = [statedFields(profile), enrichment?.precedence ?? []];
      const reviews = await readReviews(manager, policies, id);
      return {
        ...{
          lead: view,
          profile: statedAt === null ? null : profile,
          externalIds,
          sources,
          reviews,
          capturedAt,
        },
        effective: effectiveWords(stated, facts, precedence),
        conflicts: conflictsIn(stated, statedAt ?? capturedAt, facts, precedence),
      };
    },
  };
}
