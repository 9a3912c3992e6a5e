import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The spine: journal, inbox, evidence, score ledger, operational history, projections, access.
 * The owner role runs this; the application's role gets just the rights that it needs, and none to change
 * or delete a row of what is append-only.
 */
export class Spine1790000000000 implements MigrationInterface {
  name = 'Spine1790000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table setting (key text primary key, value text not null);
      insert into setting values ('engine', '1');

      -- The agreement, by hash. Append-only, chained.
      create table policy (
        n bigint generated always as identity unique,
        hash text primary key,
        name text not null,
        document text not null,
        recorded_at timestamptz not null,
        prev_hash text not null,
        chain_hash text not null,
        mac text not null,
        key_id text not null
      );

      -- Who takes leads: current state, and its history as chained entries.
      create table rep (
        id text primary key,
        name text not null,
        email text,
        active boolean not null default true,
        paused boolean not null default false,
        cap integer check (cap >= 0),
        version integer not null default 1
      );
      create table pool (
        id text primary key,
        name text not null,
        seq bigint not null default 0,
        version integer not null default 1
      );
      create table pool_member (
        pool_id text not null references pool,
        rep_id text not null references rep,
        weight integer not null check (weight between 1 and 100),
        position numeric(40, 0) not null,
        primary key (pool_id, rep_id)
      );
      create index pool_member_rep on pool_member (rep_id);
      create table operational_entry (
        n bigint primary key,
        subject text not null,
        bytes text not null,
        recorded_at timestamptz not null,
        prev_hash text not null,
        hash text not null,
        mac text not null,
        key_id text not null
      );
      create index operational_entry_subject on operational_entry (subject, n);

      -- A lead: the head of its journal, the cache of its state, and the columns that lists filter by.
      create table lead (
        id text primary key,
        seq integer not null,
        state text not null,
        head_hash text not null,
        stage text not null,
        situation text not null,
        team text not null,
        holder text,
        pool_id text,
        policy text not null references policy (hash),
        source text,
        campaign text,
        latest_source text,
        latest_campaign text,
        -- Micro-points, as read at the newest change.
        score integer not null default 0,
        ended boolean not null default false,
        captured_at timestamptz not null,
        at timestamptz not null,
        wake_at timestamptz,
        -- A flood of equal refusals is counted here, not journaled; the next row carries the count.
        refusals text not null default '{}',
        refusals_suppressed integer not null default 0
      );
      create index lead_stage on lead (stage, id);
      create index lead_holder on lead (holder, id) where holder is not null;
      create index lead_source on lead (source, id);
      create index lead_open on lead (id) where not ended;
      create index lead_wake on lead (wake_at) where not ended;

      -- Personal data, apart from everything that is hashed.
      create table lead_profile (
        lead_id text primary key references lead,
        email text,
        name text,
        company text,
        phone text,
        title text,
        fields jsonb not null default '{}',
        updated_at timestamptz not null
      );
      create table identity (
        kind text not null,
        source text not null,
        value text not null,
        -- A new lead's identities come first: whoever brings the same ones waits there, with no lead locked.
        lead_id text not null references lead deferrable initially deferred,
        primary key (kind, source, value)
      );
      create index identity_lead on identity (lead_id);
      create table event (
        source text not null,
        event_id text not null,
        -- Our own opaque id: what the journal and the score ledger name.
        id text not null unique,
        lead_id text not null references lead,
        kind text not null,
        properties jsonb not null,
        occurred_at timestamptz not null,
        recorded_at timestamptz not null,
        primary key (source, event_id)
      );
      create index event_lead on event (lead_id, occurred_at);

      -- The journal: the truth. One row for one input that changed something or was refused.
      create table journal (
        lead_id text not null references lead,
        seq integer not null,
        input_id text not null,
        kind text not null,
        bytes text not null,
        prev_hash text not null,
        hash text not null,
        mac text not null,
        key_id text not null,
        at timestamptz not null,
        occurred_at timestamptz,
        primary key (lead_id, seq),
        unique (lead_id, input_id)
      );
      create table evidence (hash text primary key, bytes text not null);
      create table personal_evidence (
        hash text primary key,
        lead_id text not null references lead,
        salt text not null,
        bytes text not null
      );
      create index personal_evidence_lead on personal_evidence (lead_id);

      -- Facts and commands that wait for apply, and the stored answers of commands.
      create table inbox (
        n bigint generated always as identity primary key,
        lead_id text not null references lead,
        input_id text not null,
        class text not null check (class in ('fact', 'command')),
        kind text not null,
        payload text not null,
        body_hash text not null,
        received_at timestamptz not null,
        decided_seq integer,
        answer text,
        done boolean not null default false,
        unique (lead_id, input_id)
      );
      create index inbox_undecided on inbox (lead_id, n) where not done;

      -- The score ledger: entries chained per lead, and their fold.
      create table score_entry (
        lead_id text not null references lead,
        n integer not null,
        rule text not null,
        score_group text not null,
        micro bigint not null,
        occurred_at timestamptz not null,
        recorded_at timestamptz not null,
        cause text not null,
        reverses integer,
        prev_hash text not null,
        hash text not null,
        primary key (lead_id, n)
      );
      create table score_state (
        lead_id text primary key references lead,
        version integer not null,
        sums text not null,
        last_event_at timestamptz,
        head_hash text not null
      );

      -- Projections, written in the row's transaction.
      create table stage_entry (
        lead_id text not null references lead,
        seq integer not null,
        i integer not null,
        stage text not null,
        level text,
        reason text not null,
        at timestamptz not null,
        occurred_at timestamptz,
        primary key (lead_id, seq, i)
      );
      create index stage_entry_stage on stage_entry (stage, at);
      create table assignment (
        lead_id text not null references lead,
        rep_id text not null references rep,
        role text not null,
        since timestamptz not null,
        primary key (lead_id, rep_id)
      );
      create index assignment_rep on assignment (rep_id);
      create table pool_queue (
        lead_id text primary key references lead,
        -- No foreign key: a policy may name a pool before somebody makes it, and its leads wait.
        pool_id text not null,
        -- 0 for a hand-raiser, 1 for anybody else: hand-raisers go first, then the longest wait.
        rank smallint not null,
        since timestamptz not null,
        -- Of equal waits: who came first.
        n bigint generated always as identity,
        excluded text[] not null
      );
      create index pool_queue_order on pool_queue (pool_id, rank, since, n);

      -- What goes out.
      create table webhook (
        id text primary key,
        url text not null,
        secret text not null,
        active boolean not null default true,
        created_at timestamptz not null
      );
      create table delivery (
        id text primary key,
        lead_id text not null references lead,
        seq integer not null,
        i integer not null,
        about text not null,
        recipient_kind text not null,
        recipient text,
        webhook_id text references webhook,
        -- pending, delivered, dead, or no_endpoint when nobody has registered a webhook.
        status text not null,
        attempts integer not null default 0,
        last_error text,
        created_at timestamptz not null,
        done_at timestamptz
      );
      create unique index delivery_once on delivery (lead_id, seq, i, coalesce(webhook_id, ''));
      create index delivery_status on delivery (status, created_at);
      create index delivery_lead on delivery (lead_id, seq, i);

      -- Yesterday's leads: files that were brought, and what became of each row.
      create table import (
        -- Made of mapping and files: the same again is the same import.
        id text primary key,
        mapping text not null,
        files text not null,
        dry_run boolean not null,
        actor text not null,
        state text not null check (state in ('waiting', 'importing', 'done')),
        rows integer not null default 0,
        imported integer not null default 0,
        unchanged integer not null default 0,
        refused integer not null default 0,
        left_out integer not null default 0,
        odd integer not null default 0,
        leads integer not null default 0,
        -- Reps that it has made.
        reps text[] not null default '{}',
        created_at timestamptz not null,
        started_at timestamptz,
        finished_at timestamptz,
        -- When the workflow of the last open lead starts.
        starts_until timestamptz
      );
      create index import_newest on import (created_at desc, id);
      create table import_row (
        import_id text not null references import,
        file integer not null,
        n integer not null,
        external_id text,
        -- JSON, gone once the row is decided: what it says is in the lead, or in the reader's own file.
        raw text,
        status text not null check (status in ('waiting', 'imported', 'unchanged', 'refused', 'left_out')),
        lead_id text references lead,
        odd text[] not null default '{}',
        why text,
        -- Of what was imported: tells whether the same comes again.
        salt text,
        digest text,
        primary key (import_id, file, n)
      );
      create index import_row_waiting on import_row (import_id, external_id) where status = 'waiting';
      create index import_row_lead on import_row (lead_id) where digest is not null;

      -- Who comes in, and answers kept for repeats of writes that are no lead commands.
      create table api_key (
        id text primary key,
        name text not null,
        hash text not null unique,
        role text not null check (role in ('admin', 'rep')),
        rep_id text references rep,
        created_at timestamptz not null,
        revoked_at timestamptz,
        last_used_at timestamptz,
        check ((role = 'rep') = (rep_id is not null))
      );
      create table idempotency (
        key_hash text primary key,
        body_hash text not null,
        status integer not null,
        response text not null,
        created_at timestamptz not null
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('Baton does not migrate backwards: restore a backup');
  }
}
