-- What is known of a run. The day is that of its first span here and never changes: all spans of a run lie in one partition, so that a
-- span that is sent again meets itself.
create table run (
    run uuid primary key,
    team uuid not null,
    day date not null,
    revision int not null default 0,
    job uuid,
    task_slug text,
    environment text,
    model text,
    attempt int,
    status text,
    stop_reason text,
    error text,
    reward double precision,
    evaluation text,
    finished_at timestamptz
);

-- Bodies are JSON in ASCII: text can hold every escape that JSON has, jsonb refuses U+0000.
create table span (
    day date not null,
    run uuid not null,
    team uuid not null,
    span_id text not null,
    seq bigint generated always as identity,
    name text not null,
    schema text,
    step_id int,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    received_at timestamptz not null,
    body text not null,
    primary key (day, run, team, span_id)
) partition by range (day);
