-- A job: runs that belong together.
create table job (
    id uuid primary key,
    seq bigint generated always as identity, -- newest first, also among jobs of the same microsecond
    team_id uuid not null,
    user_id uuid not null,
    name text,
    repeats integer, -- how many runs of each task were asked for
    taskset_id text, -- as the client gave it
    taskset_name text,
    created_at timestamptz not null
);
create index job_by_team on job (team_id, seq desc);
create index job_by_user on job (user_id);

-- A run. Narrow, because it is rewritten with every renewal of a lease; what is written once stands in run_spec and run_result.
-- The room left in each page, and that no index holds a lease's end, let a renewal leave all indexes alone.
create table run (
    id uuid primary key,
    seq bigint generated always as identity,
    team_id uuid not null,
    job_id uuid,
    -- what it is
    ref text, -- the id as its client spells it, if that is no UUID
    parent_id uuid,
    group_id text,
    slug text,
    environment text,
    task text,
    model text,
    agent text,
    -- where it stands
    state text not null check (state in ('named', 'cancelled_ahead', 'queued', 'held', 'driven', 'finished')),
    status text not null check (status in ('queued', 'initializing', 'running', 'cancelling', 'completed', 'error', 'cancelled')),
    turn bigint, -- place in the queue: jobs take turns
    attempt integer not null default 0,
    worker text,
    lease_expires_at timestamptz,
    deadline timestamptz,
    initialized boolean not null default false,
    last_activity timestamptz,
    stop_reason text,
    error text,
    reward double precision,
    ended_by text check (ended_by in ('worker', 'client', 'platform', 'silence')),
    revision integer not null default 0,
    environment_version integer,
    created_at timestamptz not null,
    started_at timestamptz,
    ended_at timestamptz
) with (fillfactor = 80);

-- The queue's head, whatever lies behind and beside it.
create index run_queue on run (turn, seq) where state = 'queued';
-- What a cancelled job still has to stop, and where its next run queues up.
create index run_live_by_job on run (job_id, turn) where state in ('queued', 'held');
-- What the sweeper looks through: as many rows as workers have slots, as clients have runs.
create index run_held on run (id) where state = 'held';
create index run_driven on run (id) where state in ('driven', 'named');
-- A job's runs, newest first; and what its counts are made of, without a look at the rows.
create index run_by_job on run (job_id, seq desc) include (status, reward, started_at, ended_at);

-- What was asked for, as JSON texts.
create table run_spec (
    run_id uuid primary key references run (id) on delete cascade,
    args text not null,
    agent text not null,
    runtime_config text,
    verifier text,
    timeout_millis bigint not null
);

-- What came of it, as JSON texts, to the byte as it was told.
create table run_result (
    run_id uuid primary key references run (id) on delete cascade,
    evaluation text,
    metadata text,
    timings text
);

create table outbox (
    id bigint generated always as identity primary key,
    topic text not null,
    key text not null,
    payload text not null
);
