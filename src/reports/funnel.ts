import type { DataSource } from 'typeorm';
import { STAGES } from '../domain/journey/journey.js';

/** The stages of the funnel, in order; beside them lie nurture, review and the other ends. */
export const FUNNEL = ['inquiry', 'mql', 'sal', 'sql', 'opportunity', 'closed_won', 'closed_lost'] as const;

export const GROUPS = ['source', 'campaign', 'month'] as const;
export type FunnelGroup = (typeof GROUPS)[number];

export interface FunnelRow {
  /** The source, the campaign, or the month of first contact (`2018-03`); null for leads without one. */
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

/**
 * Leads with their group. The first contact is what the first row says; where that does not know, a live lead came
 * when it was captured, and of an imported one nobody knows.
 */
const GROUPED: Readonly<Record<FunnelGroup, string>> = {
  source: 'select id, stage, source as "group" from lead where seq > 0',
  campaign: 'select id, stage, campaign as "group" from lead where seq > 0',
  month: `
    select l.id, l.stage, to_char(
             coalesce(j.occurred_at, case when not exists (
               select 1 from journal p where p.lead_id = l.id and p.kind = 'journey_resumed') then j.at end)
             at time zone $1, 'YYYY-MM') as "group"
      from lead l join journal j on j.lead_id = l.id and j.seq = 1`,
};

export type Reports = ReturnType<typeof createReports>;

export function createReports({ dataSource }: { dataSource: DataSource }) {
  return {
    /**
     * How far the leads of each source, campaign or month of first contact have come.
     * @param timeZone IANA name: whose months; others do without
     */
    async funnel(by: FunnelGroup, timeZone = 'UTC'): Promise<Funnel> {
      // One statement, one snapshot: the two counts agree.
      const counts = await dataSource.query<Count[]>(
        `with grouped as (${GROUPED[by]})
         select "group", stage, sum(reached)::int as reached, sum(now)::int as now
           from (select g."group", e.stage, count(distinct e.lead_id) as reached, 0 as now
                   from stage_entry e join grouped g on g.id = e.lead_id group by 1, 2
                 union all
                 select g."group", g.stage, 0, count(*) from grouped g group by 1, 2) both_counts
          group by 1, 2 order by 1 nulls last, 2`,
        by === 'month' ? [timeZone] : [],
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
