-- SPDX-License-Identifier: Apache-2.0

create table projects (
    id uuid primary key,
    team_id uuid not null,
    name text not null,
    description text,
    is_default boolean not null,
    created_by uuid not null,
    created_at timestamptz not null,
    unique (team_id, name)
);
create unique index one_default_project_per_team on projects (team_id) where is_default;

create table environments (
    id uuid primary key,
    team_id uuid not null,
    project_id uuid not null references projects,
    -- normalized
    name text not null,
    -- the number of the newest version, built or not
    last_number integer not null,
    -- the newest version that was built
    latest_number integer,
    latest_version_id uuid,
    latest_build_id uuid,
    -- environment variables as one sealed JSON object
    variables text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (team_id, name)
);
create index environments_by_age on environments (team_id, created_at desc, id);

create table versions (
    id uuid primary key,
    environment_id uuid not null references environments,
    team_id uuid not null,
    number integer not null,
    -- as declared in code, not normalized
    declared_name text not null,
    context_sha256 text not null,
    context_size bigint not null,
    runtime_provider text,
    runtime_config text,
    -- null until it was built
    manifest text,
    created_at timestamptz not null,
    built_at timestamptz,
    unique (environment_id, number)
);

create table uploads (
    build_id uuid primary key,
    team_id uuid not null,
    -- SHA-256 of the token in the upload address; the token itself is not kept
    grant_sha256 text not null unique,
    expires_at timestamptz not null,
    context_sha256 text,
    context_size bigint,
    triggered_at timestamptz
);

create table builds (
    id uuid primary key references uploads,
    team_id uuid not null,
    environment_id uuid not null references environments,
    version_id uuid not null references versions,
    status text not null check (status in ('IN_PROGRESS', 'SUCCEEDED', 'FAILED')),
    error_message text,
    no_cache boolean not null,
    -- one sealed JSON object
    build_args text,
    created_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz,
    -- the lease: attempt is the fencing token
    attempt integer not null default 0,
    worker text,
    lease_until timestamptz,
    -- lines of the log, in all and of this attempt
    line_count integer not null default 0,
    attempt_lines integer not null default 0
);
create index builds_waiting on builds (created_at) where status = 'IN_PROGRESS';
create index builds_by_environment on builds (environment_id, created_at desc);

create table build_lines (
    build_id uuid not null references builds,
    -- 1 for the first
    number integer not null,
    at timestamptz not null,
    message text not null,
    primary key (build_id, number)
);

create table tasksets (
    id uuid primary key,
    team_id uuid not null,
    project_id uuid not null references projects,
    name text not null,
    created_by uuid not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (team_id, name)
);
create index tasksets_by_age on tasksets (team_id, created_at desc, id);

create table tasks (
    id uuid primary key,
    taskset_id uuid not null references tasksets,
    position integer not null,
    name text not null,
    -- the environment's name as it came, not normalized
    env text not null,
    task_id text not null,
    -- JSON, to the byte as it came: a type of Postgres' own would change numbers and keys
    args text not null,
    validation text,
    agent_config text,
    columns text,
    runtime_config text,
    verifier text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    revision integer not null,
    unique (taskset_id, name)
);
create index tasks_in_order on tasks (taskset_id, position);
