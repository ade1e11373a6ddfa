-- What a run has begun, oldest first. Before anything else: what follows locks tables until the end.
create index run_by_parent on run (parent_id, seq) where parent_id is not null;

-- Runs that were begun inside a run that the platform drives, and are told of with that run's key.
create table nested_run (
    run_id uuid primary key references run (id) on delete cascade,
    root_id uuid not null, -- whose key it was
    depth integer not null -- 1: begun by the root itself
);
create index nested_run_by_root on nested_run (root_id);

-- Questions for work that their worker took back: none is answered with work any more.
create table withdrawn_ask (
    ask uuid primary key,
    at timestamptz not null
);

-- The run whose key made it; null: people did.
alter table job add column root_id uuid;
create index job_by_root on job (root_id) where root_id is not null;
