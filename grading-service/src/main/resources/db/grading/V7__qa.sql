-- What checks say of runs and tasks; the rows that wait are the queue. A result is never changed once it is over: asked anew, there is another row.
create table qa_result (
    id uuid primary key,
    seq bigint generated always as identity unique,
    team uuid not null,
    check_key text not null,
    level text not null,
    subject uuid not null,
    -- of a task: which version of it is meant
    task_version uuid,
    -- of a run that is looked at without anybody asking: which of its ends
    revision int,
    status text not null,
    -- when it is to be done: at first, once more after a fault, or again because whoever had it is lost. Null: it is over
    due timestamptz,
    attempt int not null default 0,
    verdict text,
    -- JSON in ASCII: jsonb refuses U+0000
    result text,
    error text,
    asked_by uuid,
    created_at timestamptz not null,
    completed_at timestamptz
);

create index qa_result_of_subject on qa_result (team, subject, check_key, seq);
-- What is asked for again while it waits or is done is one piece of work.
create unique index qa_result_open on qa_result (team, check_key, subject, task_version) nulls not distinct where due is not null;
-- Whoever waits for an answer comes before what nobody has asked for.
create index qa_result_due on qa_result ((asked_by is null), due) where due is not null;

-- By which model a team's checks judge, where it is another than the operator's.
create table qa_setting (
    team uuid primary key,
    model text
);

-- The runs of a version of a task, over all jobs.
create index grade_of_task_version on grade (team, task_version, finished_at desc) where task_version is not null;
