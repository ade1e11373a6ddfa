-- Groups of which every run that was asked for is over, in the order in which they were first seen to be so. A number is given by whoever
-- asks for it, one at a time for each job: so nothing is ever found behind a number that somebody has read already. A group that was run
-- again, and is over again, gets another one.
create table finished_group (
    job_id uuid not null references job (id) on delete cascade,
    group_key text collate "C" not null,
    number bigint not null,
    ended_at timestamptz not null, -- of its last run, when it was given the number
    primary key (job_id, group_key)
);
create unique index finished_group_by_number on finished_group (job_id, number);
