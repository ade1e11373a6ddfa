-- The grade of record of each run that has ended. No reward: it was never graded, which is not a reward of 0.
create table grade (
    run uuid primary key,
    revision int not null,
    team uuid not null,
    job uuid not null,
    group_id text,
    task_slug text,
    environment text,
    model text,
    status text not null,
    stop_reason text,
    error text,
    reward double precision,
    -- JSON in ASCII: jsonb refuses U+0000
    evaluation text,
    attempt int not null,
    finished_at timestamptz not null
);

create index grade_of_job on grade (team, job, finished_at, run);
