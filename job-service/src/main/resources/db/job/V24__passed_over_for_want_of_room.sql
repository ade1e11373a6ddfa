-- What was its turn and found no room at any worker that asked: since when. Of each flow the first one, run or session. Whoever has waited so for too
-- long has room kept for it. It goes when it is given out; what is not queued any more counts for nothing, and is forgotten.
create table passed_over (
    id uuid primary key,
    team_id uuid not null,
    job_id uuid not null,
    runtime text not null,
    model text not null,
    cpus double precision not null,
    memory_mb bigint not null,
    gpus integer not null,
    since timestamptz not null
);
