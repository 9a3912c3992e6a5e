import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Playbooks and tracks: what they tell, the tasks that they give, who is in a track. */
export class Playbooks1790000003000 implements MigrationInterface {
  name = 'Playbooks1790000003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table delivery
        -- Empty for an effect of the row; else the track that the row entered, its step and the action there.
        add column part text not null default '',
        -- The playbook or track that says it, and the number of the track's step from 1.
        add column rule text,
        add column step integer,
        add column topic text,
        add column text text;
      drop index delivery_once;
      create unique index delivery_once on delivery (lead_id, seq, i, part, coalesce(webhook_id, ''));

      create table task (
        id text primary key,
        lead_id text not null references lead,
        -- The journal row and the place in it that caused it: a row that is applied twice makes one task.
        seq integer not null,
        i integer not null,
        part text not null,
        playbook text,
        track text,
        title text not null,
        assignee text not null check (assignee in ('owner', 'marketing', 'sales')),
        -- Whose it is now: a rep's, else a team's. A task for the owner follows the lead while it is open.
        rep_id text references rep,
        team text not null check (team in ('marketing', 'sales')),
        -- What cancels it: leaving the stage, the end of the journey, or a person only.
        cancel_on text not null check (cancel_on in ('left', 'ended', 'done')),
        stage text not null,
        due_at timestamptz not null,
        status text not null default 'open' check (status in ('open', 'done', 'cancelled')),
        created_at timestamptz not null,
        finished_at timestamptz,
        -- The actor.
        finished_by jsonb,
        unique (lead_id, seq, i, part),
        check ((playbook is null) <> (track is null)),
        check ((status = 'open') = (finished_at is null))
      );
      create index task_due on task (due_at, id);
      create index task_rep on task (rep_id, due_at, id) where status = 'open';
      create index task_team on task (team, due_at, id) where status = 'open' and rep_id is null;

      -- Who is in a track, once for each time that the lead entered it.
      create table track_enrolment (
        lead_id text not null references lead,
        track text not null,
        -- The row with which the lead entered.
        seq integer not null,
        -- Its steps are those of this policy, whatever the journey follows later.
        policy text not null references policy (hash),
        entered_at timestamptz not null,
        -- Steps that were carried out, over all rounds.
        done integer not null default 0,
        -- When the next one is due; null: the track is through, or the lead has left it.
        next_at timestamptz,
        left_at timestamptz,
        primary key (lead_id, track, seq),
        check (left_at is null or next_at is null)
      );
      create index track_enrolment_due on track_enrolment (next_at) where next_at is not null;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Baton does not migrate backwards: restore a backup');
  }
}
