-- Of a grade that was made of parts: which, as JSON in ASCII (jsonb refuses U+0000).
alter table given_grade add column details text;

-- A job that is graded once more from what its runs left.
create table regrade (
    id uuid primary key,
    seq bigint generated always as identity unique,
    team uuid not null,
    job uuid not null,
    -- the grader, as JSON in ASCII
    grader text not null,
    make_of_record boolean not null,
    asked_by uuid not null,
    created_at timestamptz not null
);

create index regrade_of_job on regrade (team, job, seq);

-- Its runs; those that wait are the queue.
create table regrade_run (
    regrade uuid not null references regrade (id),
    run uuid not null,
    status text not null,
    -- when it is to be done: at first, once more after a fault, or again because whoever had it is lost. Null: it is over
    due timestamptz,
    attempt int not null default 0,
    given uuid,
    error text,
    primary key (regrade, run)
);

create index regrade_run_due on regrade_run (due) where due is not null;
