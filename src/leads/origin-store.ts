import type { EntityManager } from 'typeorm';

/** Where a lead came from, first and last. */
export interface Origin {
  readonly source: string | null;
  readonly campaign: string | null;
  readonly latestSource: string | null;
  readonly latestCampaign: string | null;
}

export async function readOrigins(
  manager: EntityManager,
  leads: readonly string[],
): Promise<ReadonlyMap<string, Origin>> {
  const rows = await manager.query<(Origin & { id: string })[]>(
    `select id, source, campaign, latest_source as "latestSource", latest_campaign as "latestCampaign"
       from lead where id = any($1)`,
    [leads],
  );
  return new Map(rows.map(({ id, ...origin }) => [id, origin]));
}

/** The original source and campaign never change. */
export async function saveLatestOrigin(
  manager: EntityManager,
  lead: string,
  { latestSource, latestCampaign }: Origin,
): Promise<void> {
  await manager.query('update lead set latest_source = $2, latest_campaign = $3 where id = $1', [
    lead,
    latestSource,
    latestCampaign,
  ]);
}
