-- SPDX-License-Identifier: Apache-2.0

-- What models that are trained here sampled for runs, call by call, as the gateway saw it.
create table sampled_call (
    id uuid primary key,
    -- the order in which they came: a turn is asked for when the one before is answered, and told before that
    position bigint generated always as identity,
    team uuid not null,
    run uuid not null,
    attempt int,
    model uuid not null,
    checkpoint text,
    retry int not null,
    told_at timestamptz not null default now(),
    -- 32 bits each, big-endian; null: the call did not ask for ids
    prompt bytea,
    output bytea,
    logprobs bytea
);

create index sampled_call_of_run on sampled_call (team, run, position);
create index sampled_call_by_age on sampled_call (told_at);
