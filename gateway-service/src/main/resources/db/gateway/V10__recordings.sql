-- SPDX-License-Identifier: Apache-2.0

-- Recordings of model calls. A call that is replayed is answered from here.
create table recordings (
    id         uuid        not null primary key,
    team_id    uuid        not null references teams (id),
    name       text        not null,
    ignore     text[]      not null, -- patterns: what matches one makes no other request of a request
    calls      bigint      not null default 0,
    bytes      bigint      not null default 0,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (team_id, name)
);

-- The nth answer to a request. JSON is kept as bytes: it may say what a text of Postgres cannot.
create table recorded_calls (
    recording_id uuid    not null references recordings (id) on delete cascade,
    key          text    not null, -- the same for requests that ask the same
    n            integer not null,
    scope        text    not null, -- whose calls were counted together when it was recorded: a job, a run; empty: the recording's
    dialect      text    not null,
    operation    text    not null,
    model        text    not null,
    streamed     boolean not null,
    request      bytea   not null,
    turns        text    not null, -- a word for each turn, to find what is like a request
    answer       bytea   not null,
    response_id  text,             -- by which its client may have continued it
    first_ms     bigint,
    total_ms     bigint  not null,
    usage        bytea,
    primary key (recording_id, key, n)
);

create index recorded_calls_by_response on recorded_calls (recording_id, response_id) where response_id is not null;

-- How often a request was replayed, by those whose calls are counted together.
create table replays (
    recording_id uuid        not null references recordings (id) on delete cascade,
    scope        text        not null,
    key          text        not null,
    asked        bigint      not null,
    at           timestamptz not null,
    primary key (recording_id, scope, key)
);

create index replays_by_time on replays (at);

-- Jobs whose calls are recorded or replayed, whichever key they are made with.
create table recording_jobs (
    team_id    uuid        not null references teams (id),
    job_id     uuid        not null,
    name       text        not null,
    mode       text        not null check (mode in ('record', 'replay')),
    entered_at timestamptz not null,
    primary key (team_id, job_id)
);

create index recording_jobs_by_time on recording_jobs (entered_at);
