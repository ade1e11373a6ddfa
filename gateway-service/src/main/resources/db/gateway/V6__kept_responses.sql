-- SPDX-License-Identifier: Apache-2.0

-- Responses (POST /inference/responses) that their team can continue by their ids. Ids are an upstream's own or ours, so two teams may
-- have the same. JSON is kept as bytes: it may say what a text of Postgres cannot.
create table kept_responses (
    team_id    uuid        not null references teams (id),
    id         text        not null,
    -- Which it continued. Of a chain each has only what was new.
    parent     text,
    -- Who answered, and whether that one has the conversation too.
    upstream   text        not null,
    holds      boolean     not null,
    input      bytea       not null,
    response   bytea       not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    deleted_at timestamptz,
    primary key (team_id, id)
);

create index kept_responses_by_end on kept_responses (expires_at);
create index kept_responses_of_parent on kept_responses (team_id, parent) where parent is not null;
