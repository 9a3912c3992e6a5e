import type { DataSource } from 'typeorm';
import type { RecordedFact } from '../domain/journey/decision.js';
import type { Row } from '../domain/journey/row.js';
import { route } from '../domain/routing/route.js';
import type { CandidateVerdict, RoutingSnapshot } from '../domain/routing/snapshot.js';
import type { Instant } from '../domain/time.js';
import { leadIdOf } from './lead-queries.js';

/** A journal row with the hash of its link. */
export interface JournalLine {
  readonly row: Row;
  readonly hash: string;
}

/** One routing decision, explained by what it saw. */
export interface RoutingLine {
  readonly seq: number;
  readonly at: Instant;
  readonly pool: string;
  readonly poolSeq: number;
  /** Null: nobody could take the lead. */
  readonly rep: string | null;
  readonly policy: string;
  /** Null where the evidence was erased. */
  readonly candidates: readonly CandidateVerdict[] | null;
  /** Leads that stood before this one in the queue. */
  readonly ahead: number | null;
}

type RouteFact = Extract<RecordedFact, { answer: 'route' }>;

export type JournalQueries = ReturnType<typeof createJournalQueries>;

export function createJournalQueries({ dataSource }: { dataSource: DataSource }) {
  const { manager } = dataSource;

  const rows = async (
    leadId: string,
    after: number,
    limit: number,
    having: string,
  ): Promise<readonly JournalLine[]> => {
    const found = await manager.query<{ bytes: string; hash: string }[]>(
      `select bytes, hash from journal where lead_id = $1 and seq > $2::bigint and ($4 = '' or position($4 in bytes) > 0)
        order by seq limit $3`,
      [leadId, after, limit, having],
    );
    // We wrote them: the bytes are rows.
    return found.map(({ bytes, hash }) => ({ row: JSON.parse(bytes) as Row, hash }));
  };

  async function explain(fact: RouteFact, row: Row): Promise<RoutingLine> {
    const [evidence] = await manager.query<{ bytes: string }[]>(
      'select bytes from evidence where hash = $1',
      [fact.evidence],
    );
    const snapshot = evidence === undefined ? null : (JSON.parse(evidence.bytes) as RoutingSnapshot);
    return {
      seq: row.seq,
      at: row.input.at,
      pool: fact.pool,
      poolSeq: fact.poolSeq,
      rep: fact.rep,
      policy: row.policy,
      candidates: snapshot === null ? null : route(snapshot).verdicts,
      ahead: snapshot === null ? null : snapshot.ahead.length,
    };
  }

  return {
    /** The journal from `after` on. */
    async journey(ref: string, after: number, limit: number): Promise<readonly JournalLine[]> {
      return rows(await leadIdOf(manager, ref), after, limit, '');
    },

    /** The rows from `after` on in which a pool was asked, each with its decisions in order. */
    async routing(
      ref: string,
      after: number,
      limit: number,
    ): Promise<readonly { seq: number; decisions: readonly RoutingLine[] }[]> {
      const found = await rows(await leadIdOf(manager, ref), after, limit, '"answer":"route"');
      return Promise.all(
        found.map(async ({ row }) => ({
          seq: row.seq,
          decisions: await Promise.all(
            row.facts.flatMap((fact) => (fact.answer === 'route' ? [explain(fact, row)] : [])),
          ),
        })),
      );
    },
  };
}
