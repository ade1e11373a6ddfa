-- SPDX-License-Identifier: Apache-2.0

-- Upstreams that teams enter for themselves; those of the configuration are everybody's and are not here.
create table upstreams (
    id         uuid        not null primary key,
    team_id    uuid        not null references teams (id),
    name       text        not null,
    preset     text        not null,
    base_url   text,
    region     text,
    -- sealed, with the row's id as its owner; null: none is sent
    credential text,
    -- the credential's end, for people
    hint       text,
    enabled    boolean     not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version    bigint      not null
);

create unique index upstreams_of_team on upstreams (team_id, lower(name));

-- Where a team's calls of a model go. Without a row: where the configuration says, else to the upstream that the catalog names.
create table model_targets (
    id             uuid        not null primary key,
    team_id        uuid        not null references teams (id),
    model_name     text        not null,
    upstream       text        not null,
    -- empty: as the catalog says
    upstream_model text        not null,
    weight         integer     not null check (weight >= 0),
    priority       integer     not null,
    created_at     timestamptz not null
);

create unique index model_targets_of_team on model_targets (team_id, lower(model_name), lower(upstream), upstream_model);
