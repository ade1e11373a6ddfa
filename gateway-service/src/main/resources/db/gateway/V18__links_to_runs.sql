-- SPDX-License-Identifier: Apache-2.0

-- Links by which anybody may read one run. Of a link only its hash is here.
create table run_links (
    id uuid primary key,
    team_id uuid not null references teams (id),
    run_id uuid not null,
    hash bytea not null unique,
    hint text not null,
    made_by uuid not null,
    created_at timestamptz not null,
    expires_at timestamptz, -- null: never
    revoked_at timestamptz
);

create index run_links_of_run on run_links (team_id, run_id, created_at) where revoked_at is null;
