-- Which version of a taskset's task is run. Known of jobs that are started here: what a client submits names no taskset. Null: nobody said so.
alter table run_spec add column task_version_id uuid;
