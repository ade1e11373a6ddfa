-- How a timeline is told: the steps of an attempt by their number, whatever the clocks said; what is no step by its time. One index holds
-- both: what has no step has the highest. And the runs of a job.
drop index span_in_order;
create index span_in_order on span (run, team, attempt, step_id, started_at, seq);
create index run_by_job on run (team, job, run) where job is not null;
