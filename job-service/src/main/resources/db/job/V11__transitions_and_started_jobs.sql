-- What a job was started from here with, as a JSON text. Told again, it is compared. A job that a client began has none.
create table job_start (
    job_id uuid primary key references job (id) on delete cascade,
    asked text not null
);

-- Every step of a run: when, to where, and why. Written by the same statement as the run itself, and never changed; so no foreign key
-- looks at the run once more. What is committed late has a smaller number than what was seen before it: who reads on goes by the
-- transaction, not by the number.
create table run_transition (
    run_id uuid not null,
    seq bigint generated always as identity, -- within a run, in the order of its steps
    xid xid8 not null default pg_current_xact_id(),
    at timestamptz not null default now(),
    attempt integer not null, -- of the lease that the run has, or had last
    status text not null, -- since then
    cause text not null check (cause in ('named', 'submitted', 'entered', 'leased', 'ready', 'given_back', 'worker_failed', 'worker_lost',
        'cancel', 'cancelled_ahead', 'reported', 'exited', 'out_of_time', 'abandoned', 'restored', 'rerun')),
    who text, -- the worker's name, the user's id
    detail text, -- what went wrong
    primary key (run_id, seq)
);
create index run_transition_by_xid on run_transition (xid);

-- The one order in which a run may stand here and there. The rules are in RunRules; what they, or whoever writes past them, get wrong ends
-- here: a lease's number only grows, by one with each lease; the number of ends grows with each end; what is over stays as it is, but for a
-- client that begins again or whose late word overrides its silence, and for a hosted run that somebody has run again.
create function check_run_step() returns trigger language plpgsql as $$
declare
    ends constant boolean := new.revision = old.revision + 1;
    same_end constant boolean := new.revision = old.revision;
    same_lease constant boolean := new.attempt = old.attempt;
begin
    if (case old.state || ' ' || new.state
        when 'named queued' then same_lease and same_end
        when 'named driven' then same_lease and same_end
        when 'named finished' then same_lease and ends
        when 'cancelled_ahead finished' then same_lease and ends and new.status = 'cancelled'
        when 'queued held' then new.attempt = old.attempt + 1 and same_end and new.status = 'initializing'
        when 'queued finished' then same_lease and ends
        when 'held held' then same_lease and same_end and (old.status, new.status) in (
            ('initializing', 'initializing'), ('initializing', 'running'), ('initializing', 'cancelling'),
            ('running', 'running'), ('running', 'cancelling'), ('cancelling', 'cancelling'))
        when 'held queued' then same_lease and same_end and old.status <> 'cancelling'
        when 'held finished' then same_lease and ends
        when 'driven finished' then same_lease and (ends or same_end) -- the same: entered again, and nothing followed
        when 'finished driven' then same_lease and same_end and old.ended_by in ('client', 'silence') and old.status <> 'cancelled'
        when 'finished finished' then same_lease and ends and old.ended_by = 'silence' and new.ended_by = 'client'
        when 'finished queued' then same_lease and same_end and old.ended_by in ('worker', 'platform')
        else false
    end) then
        return new;
    end if;
    raise exception 'run %: no step leads from % (%, attempt %, revision %) to % (%, attempt %, revision %)',
        old.id, old.state, old.status, old.attempt, old.revision, new.state, new.status, new.attempt, new.revision
        using errcode = 'check_violation', constraint = 'run_step', table = 'run';
end
$$;

create trigger run_step before update on run
for each row when (
    old.state <> new.state or old.status <> new.status or old.attempt <> new.attempt or old.revision <> new.revision
    or (old.state = 'finished' and old.reward is distinct from new.reward))
execute function check_run_step();

-- A run begins without a lease: nobody holds what was never queued.
create function check_run_begin() returns trigger language plpgsql as $$
begin
    raise exception 'run %: none begins % with attempt %', new.id, new.state, new.attempt
        using errcode = 'check_violation', constraint = 'run_step', table = 'run';
end
$$;
create trigger run_begin before insert on run
for each row when (new.state = 'held' or new.attempt <> 0) execute function check_run_begin();
