-- What a worker told of itself last, as it came: it is shown, and nothing is decided by it. And whether it is to take no more work.
alter table worker
    add column told text,
    add column draining boolean not null default false;

-- What workers of other machines come with. Its name is its worker's.
create table worker_credential (
    id uuid primary key,
    name text not null,
    hash bytea not null unique, -- SHA-256 of what was given out, which is random enough
    created_at timestamptz not null default now(),
    used_at timestamptz,
    revoked_at timestamptz
);
create unique index worker_credential_name on worker_credential (name) where revoked_at is null;

-- What its sandboxes share; null: it does not tell, and is given whatever it asks for.
alter table worker
    add column cpus double precision,
    add column memory_mb bigint,
    add column gpus integer;

-- What runs ask for of their workers' machines. Most ask for nothing, and have no row.
create table run_need (
    run_id uuid primary key references run (id) on delete cascade,
    cpus double precision not null,
    memory_mb bigint not null,
    gpus integer not null
);
