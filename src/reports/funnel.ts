import type { DataSource } from 'typeorm';
import { STAGES } from '../domain/journey/journey.js';

/** The stages of the funnel, in order; beside them lie nurture, review and the other ends. */
export const FUNNEL = ['inquiry', 'mql', 'sal', 'sql', 'opportunity', 'closed_won', 'closed_lost'] as const;

export const GROUPS = ['source', 'campaign'] as const;
export type FunnelGroup = (typeof GROUPS)[number];

export interface FunnelRow {
  /** The source or campaign; null for leads without one. */
  readonly group: string | null;
  readonly leads: number;
  /** Leads that were ever in a stage, by stage. */
  readonly reached: Readonly<Record<string, number>>;
  /** Leads that are in a stage now, by stage. */
  readonly now: Readonly<Record<string, number>>;
}

export interface Funnel {
  readonly by: FunnelGroup;
  readonly rows: readonly FunnelRow[];
  readonly total: FunnelRow;
}

interface Count {
  readonly group: string | null;
  readonly stage: string;
  readonly reached: number;
  readonly now: number;
}

export type Reports = ReturnType<typeof createReports>;

export function createReports({ dataSource }: { dataSource: DataSource }) {
  return {
    /** How far the leads of each source (or campaign) have come. */
    async funnel(by: FunnelGroup): Promise<Funnel> {
      const column = by === 'source' ? 'source' : 'campaign';
      // One statement, one snapshot: the two counts agree.
      const counts = await dataSource.query<Count[]>(
        `select "group", stage, sum(reached)::int as reached, sum(now)::int as now
           from (select l.${column} as "group", e.stage, count(distinct e.lead_id) as reached, 0 as now
                   from stage_entry e join lead l on l.id = e.lead_id group by 1, 2
                 union all
                 select l.${column}, l.stage, 0, count(*) from lead l where l.seq > 0 group by 1, 2) both_counts
          group by 1, 2 order by 1 nulls last, 2`,
      );
      const groups = [...new Set(counts.map(({ group }) => group))];
      const rows = groups.map((group) =>
        rowOf(
          group,
          counts.filter((count) => count.group === group),
        ),
      );
      return { by, rows, total: rowOf(null, counts) };
    },
  };
}

function rowOf(group: string | null, counts: readonly Count[]): FunnelRow {
  const sum = (what: 'reached' | 'now', stage: string): number =>
    counts.reduce((total, count) => total + (count.stage === stage ? count[what] : 0), 0);
  const by = (what: 'reached' | 'now'): Readonly<Record<string, number>> =>
    Object.fromEntries(STAGES.map((stage) => [stage, sum(what, stage)]));
  const now = by('now');
  return { group, leads: Object.values(now).reduce((a, b) => a + b, 0), reached: by('reached'), now };
}
