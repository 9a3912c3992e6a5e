import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Open leads that move from one policy to another. */
export class PolicyMigration1790000004000 implements MigrationInterface {
  name = 'PolicyMigration1790000004000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table policy_migration (
        id text primary key,
        n bigint generated always as identity unique,
        -- Null for one that undoes another: each lead goes back to what it followed.
        to_policy text references policy,
        undoes text references policy_migration,
        dry_run boolean not null,
        per_second integer not null check (per_second > 0),
        actor text not null,
        state text not null check (state in ('selecting', 'moving', 'settling', 'done', 'cancelled')),
        -- The last lead that has been selected.
        selected_to text not null default '',
        leads integer not null default 0,
        created_at timestamptz not null,
        finished_at timestamptz,
        check ((to_policy is null) = (undoes is not null))
      );
      -- One at a time: what a second one would select is what the first one moves.
      create unique index policy_migration_running on policy_migration ((true))
        where not dry_run and state in ('selecting', 'moving', 'settling');
      create table policy_migration_lead (
        migration_id text not null references policy_migration,
        lead_id text not null references lead,
        from_policy text not null,
        to_policy text not null,
        -- Where the lead stood, and where it came to stand or (dry run) would.
        before text not null,
        after text,
        state text not null check (state in ('waiting', 'sent', 'moved', 'deferred', 'left_out')),
        primary key (migration_id, lead_id)
      );
      create index policy_migration_lead_state on policy_migration_lead (migration_id, state, lead_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table policy_migration_lead;
      drop table policy_migration;
    `);
  }
}
