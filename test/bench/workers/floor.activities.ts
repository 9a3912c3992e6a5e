import type { DataSource } from 'typeorm';

/** What the floor's messages cost the database: a transaction with nothing in it. */
export function createFloorActivities(
  dataSource: DataSource,
  onTouched: (leadId: string, what: string) => void,
) {
  return {
    async touch(leadId: string, what: string): Promise<void> {
      await dataSource.transaction(() => Promise.resolve());
      onTouched(leadId, what);
    },
  };
}

export type FloorActivities = ReturnType<typeof createFloorActivities>;
