-- Which version of a taskset's task is run. Known of jobs that are started here: of what a client submits
-- nobody says that it is what the task has in its taskset. Null: not known.
alter table run_spec add column task_version_id uuid;
