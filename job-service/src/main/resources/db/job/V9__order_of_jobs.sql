-- What the order in which runs are given out goes by, job by job.
alter table job
    add column priority integer not null default 0, -- before others of the same team: the greater the sooner
    add column max_concurrent integer check (max_concurrent > 0), -- how many of its runs are held at once; null: as many as there are slots
    add column paused_at timestamptz; -- since when none of its runs is given out; null: it is not paused
