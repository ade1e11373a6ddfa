-- SPDX-License-Identifier: Apache-2.0

-- Every model call, booked once when it ended, however it ended. Money is in nano-dollars.
create table calls (
    id          uuid        not null primary key,
    at          timestamptz not null,
    team_id     uuid        not null,
    key_id      uuid,
    user_id     uuid,
    run_id      uuid,
    run_ref     text,       -- the run as the caller named it, where none of the team's is known by that name
    job_id      uuid,
    attempt     integer,
    dialect     text        not null,
    operation   text        not null,
    asked_model text        not null,
    model       text        not null,
    served_model text,
    upstream    text,
    status      integer     not null,
    ending      text        not null check (ending in ('done', 'failed', 'gone', 'late', 'cut', 'drained', 'lost')),
    error       text,
    attempts    integer     not null,
    streamed    boolean     not null,
    first_ms    bigint,
    total_ms    bigint      not null,
    bytes_in    bigint      not null,
    bytes_out   bigint      not null,
    -- input holds cached and cache_write, output holds reasoning; null: nobody knows
    input       bigint,
    cached      bigint,
    cache_write bigint,
    output      bigint,
    reasoning   bigint,
    images      bigint,
    estimated   boolean     not null,
    price       text,       -- which price it was reckoned with
    cost_nanos  bigint,     -- null: the price is unknown, which is not 0
    finish      text,
    request_id  text
);

create index calls_of_team on calls (team_id, at desc, id desc);
create index calls_of_run on calls (run_id, at) where run_id is not null;
create index calls_of_job on calls (job_id, at) where job_id is not null;
create index calls_of_key on calls (key_id, at) where key_id is not null;

-- The same, added up by the hour. All zeros stand for no key and no job, an empty text for no upstream.
create table usage_hours (
    team_id    uuid        not null,
    hour       timestamptz not null,
    key_id     uuid        not null,
    job_id     uuid        not null,
    model      text        not null,
    upstream   text        not null,
    calls      bigint      not null,
    errors     bigint      not null,
    input      bigint      not null,
    cached     bigint      not null,
    output     bigint      not null,
    reasoning  bigint      not null,
    cost_nanos bigint      not null,
    unpriced   bigint      not null, -- calls whose cost is not in cost_nanos, because nobody knows it
    estimated  bigint      not null,
    first_ms   bigint      not null,
    first_of   bigint      not null, -- calls of which first_ms is the sum
    total_ms   bigint      not null,
    primary key (team_id, hour, key_id, job_id, model, upstream)
);

-- Prices that win over those that come with the platform.
create table prices (
    id         uuid        not null primary key,
    team_id    uuid        not null,
    pattern    text        not null,
    upstream   text,
    since      date        not null,
    price      jsonb       not null,
    created_at timestamptz not null,
    created_by uuid        not null
);

create index prices_of_team on prices (team_id);

-- spent + held never passes a limit by a reservation; what is held is leased to replicas.
create table budgets (
    id                  uuid        not null primary key,
    team_id             uuid        not null,
    scope               text        not null check (scope in ('team', 'key', 'job', 'run')),
    scope_id            uuid        not null,
    period              text        not null check (period in ('total', 'day', 'month')),
    limit_nanos         bigint check (limit_nanos >= 0),
    limit_tokens        bigint check (limit_tokens >= 0),
    spent_nanos         bigint      not null default 0,
    spent_tokens        bigint      not null default 0,
    held_nanos          bigint      not null default 0,
    held_tokens         bigint      not null default 0,
    begins              timestamptz not null,
    requests_per_minute integer check (requests_per_minute > 0),
    tokens_per_minute   integer check (tokens_per_minute > 0),
    calls_at_once       integer check (calls_at_once > 0),
    created_at          timestamptz not null,
    unique (team_id, scope, scope_id, period)
);

-- What replicas hold of budgets: so much may a replica spend without asking again. One that dies gives back when its time is over.
create table budget_slices (
    budget_id  uuid        not null references budgets (id) on delete cascade,
    replica    uuid        not null,
    nanos      bigint      not null,
    tokens     bigint      not null,
    expires_at timestamptz not null,
    primary key (budget_id, replica)
);

create index budget_slices_by_end on budget_slices (expires_at);
