import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What others say of leads. */
export class Enrichment1790000005000 implements MigrationInterface {
  name = 'Enrichment1790000005000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The newest word of each source on each field: personal data, in no hash. Older ones are in the events.
      create table lead_fact (
        lead_id text not null references lead,
        field text not null,
        source text not null,
        -- Null: the source knows nothing of it any more.
        value jsonb,
        occurred_at timestamptz not null,
        -- As the source calls the event.
        event_id text not null,
        recorded_at timestamptz not null,
        primary key (lead_id, field, source)
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('Baton does not migrate backwards: restore a backup');
  }
}
