-- What was its turn and found no room at any worker that asked: since when. Of each flow the first one, run or session, by when that was for the first time. Whoever has waited so for too
-- long has room kept for it. It goes when it is given out; what is not queued any more counts for nothing, and is forgotten.
create table passed_over (
    id uuid primary key,
    team_id uuid not null,
    job_id uuid not null,
    runtime text not null,
    model text not null,
    cpus double precision not null,
    memory_mb bigint not null,
    gpus integer not null,
    since timestamptz not null,
    kept_at timestamptz -- since when room is kept for it: until it is given out, or may not begin; null: none was
);

-- How many runs (of a team: and sessions) may be held at once, where the operator says otherwise than the configuration.
create table concurrency_limit (
    team_id uuid unique,
    model text unique,
    most integer check (most > 0), -- null: as many as there is room for
    changed_at timestamptz not null default now(),
    check ((team_id is null) <> (model is null))
);

-- Which failures of its runs are followed by another attempt, where a run does not say so itself; null: the platform's own.
alter table job add column retry text;
alter table job_change drop constraint job_change_what_check,
    add constraint job_change_what_check check (what in ('paused', 'resumed', 'limited', 'retry', 'cancelled', 'reopened'));
