-- SPDX-License-Identifier: Apache-2.0

create table teams (
    id         uuid        not null primary key,
    name       text        not null unique,
    created_at timestamptz not null
);

create table users (
    id         uuid        not null primary key,
    team_id    uuid        not null references teams (id),
    name       text        not null,
    created_at timestamptz not null,
    unique (team_id, name)
);

-- The key itself is nowhere: only its SHA-256 is kept.
create table api_keys (
    id         uuid        not null primary key,
    team_id    uuid        not null references teams (id),
    user_id    uuid        not null references users (id),
    name       text        not null,
    hash       bytea       not null unique,
    hint       text        not null,
    created_at timestamptz not null,
    revoked_at timestamptz
);

create index api_keys_of_team on api_keys (team_id, created_at);
