-- Who is given a run next is decided when one is given, by what everybody holds then; no longer by a place that a run got when it was
-- queued. The runs of one team's job that need the same kind of runtime and the same model are a flow: its head is found in this index,
-- and so is the next flow, however many runs wait. What must wait until a later time lies behind what need not.
alter table run
    add column runtime text not null default 'process'; -- the kind of runtime that it needs

drop index run_queue;
drop index run_live_by_job;
alter table run drop column turn;
create index run_flow on run
    (team_id, job_id, runtime, (coalesce(model, '')), (coalesce(not_before, '-infinity'::timestamptz)), seq) where state = 'queued';

-- What a cancelled job still has to stop, in the order in which everybody locks runs.
create index run_live_by_job on run (job_id, id) where state in ('queued', 'held');

-- Whose turn it was last, of those who hold equally many. Written only by who gives runs out, one at a time.
create table last_given (
    id uuid primary key, -- a team's or a job's
    at bigint not null -- the greater the later
) with (fillfactor = 70);

-- Most rows are finished and stay as they are; the few that live change often, and their dead versions lie in the indexes of the queue.
alter table run set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 2000);
