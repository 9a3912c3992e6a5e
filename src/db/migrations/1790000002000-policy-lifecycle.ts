import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who may agree, what happened to each policy, and the reviews of the agreement. */
export class PolicyLifecycle1790000002000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      alter table api_key drop constraint api_key_role_check;
      alter table api_key add constraint api_key_role_check
        check (role in ('admin', 'rep', 'marketing', 'sales'));

      -- What happened to a policy, step by step; its number is that of its entry in the chained history.
      create table policy_step (
        n bigint primary key references operational_entry (n),
        policy text not null references policy (hash),
        kind text not null
          check (kind in ('drafted', 'proposed', 'approved', 'rejected', 'activated', 'retired')),
        -- For whom an approval or a veto speaks.
        team text check (team in ('marketing', 'sales')),
        -- Role and key of who did it; no key: the deployment itself.
        role text not null,
        actor text,
        at timestamptz not null,
        -- Of an activation: in force from then on; null: at once.
        from_at timestamptz,
        emergency boolean not null,
        -- What it was compared with, and whose approval the difference took.
        against text,
        rule text,
        -- What was said, as canonical JSON; the history holds its salted hash.
        salt text not null,
        words text not null
      );
      create index policy_step_policy on policy_step (policy, n);
      create index policy_step_activated on policy_step (n) where kind = 'activated';

      -- Both sides have looked at the agreement together.
      create table policy_review (
        n bigint primary key references operational_entry (n),
        id text not null unique,
        policy text not null references policy (hash),
        decision text not null check (decision in ('change', 'no_change')),
        role text not null,
        actor text,
        at timestamptz not null,
        salt text not null,
        words text not null
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('Baton does not migrate backwards: restore a backup');
  }
}
