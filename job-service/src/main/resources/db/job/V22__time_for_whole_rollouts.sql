-- How long a run may take in all, from when it is submitted or run again: its time in the queue, all attempts, the verifier. Both are
-- written when that begins, and by nothing that happens to the run meanwhile. Null: there is no such limit.
alter table run
    add column rollout_timeout_s integer,
    add column ends_by timestamptz;
create index run_late_in_queue on run (ends_by) where state = 'queued' and ends_by is not null;
