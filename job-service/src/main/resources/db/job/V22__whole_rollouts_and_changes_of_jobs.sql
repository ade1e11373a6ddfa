-- How long a run may take in all, from when it is submitted or run again: its time in the queue, all attempts, the verifier. Both are
-- written when that begins, and by nothing that happens to the run meanwhile. Null: there is no such limit.
alter table run
    add column rollout_timeout_s integer,
    add column ends_by timestamptz;
create index run_late_in_queue on run (ends_by) where state = 'queued' and ends_by is not null;

-- What people have done with jobs. Written by the statement that does it, and only if something changed by it.
create table job_change (
    job_id uuid not null references job (id) on delete cascade,
    seq bigint generated always as identity,
    at timestamptz not null default now(),
    user_id uuid not null,
    what text not null check (what in ('paused', 'resumed', 'limited', 'cancelled', 'reopened')),
    detail text,
    primary key (job_id, seq)
);

-- Cancellations that came before their run, to be forgotten if that never comes.
create index run_cancelled_ahead on run (created_at) where state = 'cancelled_ahead';
