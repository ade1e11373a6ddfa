-- Every grade that a run was ever given. Rows are added, never changed.
create table given_grade (
    id uuid primary key,
    seq bigint generated always as identity unique,
    run uuid not null,
    team uuid not null,
    source text not null,
    -- who or what it is of that kind: an environment's name, a person's id
    evaluator text,
    -- none: it came to nothing, which is not 0
    reward double precision,
    reason text,
    error text,
    -- of a grade that came with an end of the run: which end
    revision int,
    given_at timestamptz not null
);

create index given_grade_of_run on given_grade (run, seq);
create unique index given_grade_of_end on given_grade (run, revision) where revision is not null;

insert into given_grade (id, run, team, source, evaluator, reward, error, revision, given_at)
select gen_random_uuid(), run, team, 'environment', environment, reward, error, revision, finished_at from grade;

-- Which of them is of record; none: that of the run's last end. Then its own reward is kept beside the one of record, which all sums go by.
alter table grade
    add column record uuid,
    add column own_reward double precision;
