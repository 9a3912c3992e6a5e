import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What rules that look at several events need: all of it follows from events and ledger. */
export class Scoring1790000001000 implements MigrationInterface {
  name = 'Scoring1790000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The award that stands in a window of a rule, and the event that has it.
      create table score_window (
        lead_id text not null references lead,
        rule text not null,
        window_start timestamptz not null,
        -- In the ledger.
        n integer not null,
        occurred_at timestamptz not null,
        -- Compared as the code does: by their characters, in no language's order.
        source text collate "C" not null,
        event_id text collate "C" not null,
        primary key (lead_id, rule, window_start)
      );

      -- Events where counts and sequences look for their neighbours.
      create table score_step (
        lead_id text not null references lead,
        rule text not null,
        step integer not null,
        occurred_at timestamptz not null,
        source text collate "C" not null,
        event_id text collate "C" not null,
        event text not null,
        primary key (lead_id, rule, step, occurred_at, source, event_id)
      );

      -- What accounts look for elsewhere.
      create table intent_signal (
        source text not null,
        event_id text not null,
        -- Our own opaque id: what the score ledger names.
        id text not null unique,
        account text not null,
        kind text not null,
        topic text,
        occurred_at timestamptz not null,
        recorded_at timestamptz not null,
        primary key (source, event_id)
      );
      create index intent_signal_account on intent_signal (account, occurred_at);
      create index lead_profile_account on lead_profile
        (lower(btrim(coalesce(fields ->> 'company_domain', split_part(email, '@', -1)))), lead_id);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Baton does not migrate backwards: restore a backup');
  }
}
