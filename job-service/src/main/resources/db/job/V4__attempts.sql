-- Three numbers instead of one: attempt, the fence, only grows, with each lease; losses counts the workers that were lost over the run
-- since it was queued; revision grows with each end. A run that is queued again keeps its fence and its revision.
alter table run
    add column losses integer not null default 0,
    add column ask uuid, -- the question that the lease answered: asked again, it is answered with the same lease
    add column timeout_millis bigint, -- how long the attempt may take once its environment answers
    add column ended_before text; -- how a run had ended that its client entered again, as JSON: so it stands if nothing follows
update run set losses = attempt where state = 'queued';
update run
set losses = attempt - 1,
    timeout_millis = (select run_spec.timeout_millis from run_spec where run_spec.run_id = run.id)
where state = 'held';

-- What the sweeper looks through, and where a worker finds what it holds. A renewal changes nothing in it.
drop index run_held;
create index run_held on run (worker) where state = 'held';

-- What the environments' names stood for when the run was submitted: the same for each of its attempts.
alter table run_spec
    add column version_id uuid,
    add column verifier_version_id uuid;

-- What is submitted to a job after that is cancelled, too.
alter table job add column cancelled_at timestamptz;

alter table session
    add column losses integer not null default 0,
    add column ask uuid;
update session set losses = greatest(attempt - 1, 0) where state in ('starting', 'ready');
update session set losses = attempt where state = 'queued';
