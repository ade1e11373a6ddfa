-- How many runs stand where, and what their rewards come to: kept as runs change, so that no list counts rows. One row per job and per
-- group of it, each in a few parts: connections count in parts of their own, so that runs of one job do not wait for each other.

-- What a reader tells apart.
create function standing(status text) returns text language sql immutable
return case when status in ('initializing', 'running', 'cancelling') then 'running' else status end;

-- A group: runs of the same task that are compared with each other. By name first, as people read them; short, whatever the names are.
create function group_key(slug text, group_id text) returns text language sql immutable
return left(coalesce(slug, ''), 100) || chr(1) || md5(coalesce(slug, '') || chr(1) || coalesce(group_id, ''));

-- The grade that counts: a run that ended in an error, or was cancelled, is in no mean whatever its evaluation says. Exact, for sums of
-- doubles are not.
create function grade(status text, reward double precision) returns numeric language sql stable
return case when status = 'completed' and reward between -1.7976931348623157e308 and 1.7976931348623157e308 then reward::text::numeric end;

create table tally (
    job_id uuid not null,
    group_key text collate "C" not null, -- '': the whole job
    part smallint not null,
    slug text,
    group_id text,
    runs bigint not null,
    queued bigint not null,
    running bigint not null,
    completed bigint not null,
    error bigint not null,
    cancelled bigint not null,
    graded bigint not null,
    passed bigint not null, -- graded 1 or better
    reward_sum numeric not null,
    reward_squares numeric not null,
    started_at timestamptz, -- the first
    ended_at timestamptz, -- the last
    primary key (job_id, group_key, part)
) with (fillfactor = 70);

create function count_run() returns trigger language plpgsql set search_path from current set extra_float_digits = 3 as $$
begin
    insert into tally as known
    select change.job_id, level.key, level.part,
        case when level.key <> '' then max(change.slug) end, case when level.key <> '' then max(change.group_id) end,
        sum(sign), coalesce(sum(sign) filter (where standing = 'queued'), 0), coalesce(sum(sign) filter (where standing = 'running'), 0),
        coalesce(sum(sign) filter (where standing = 'completed'), 0), coalesce(sum(sign) filter (where standing = 'error'), 0),
        coalesce(sum(sign) filter (where standing = 'cancelled'), 0), coalesce(sum(sign) filter (where grade is not null), 0),
        coalesce(sum(sign) filter (where grade >= 1), 0), coalesce(sum(sign * grade), 0), coalesce(sum(sign * grade * grade), 0),
        min(started_at), max(ended_at)
    from (
        values
            (-1, old.job_id, old.slug, old.group_id, standing(old.status), grade(old.status, old.reward), null::timestamptz, null::timestamptz),
            (1, new.job_id, new.slug, new.group_id, standing(new.status), grade(new.status, new.reward), new.started_at, new.ended_at)
    ) as change (sign, job_id, slug, group_id, standing, grade, started_at, ended_at)
    cross join lateral (
        values ('', pg_backend_pid() % 16), (group_key(change.slug, change.group_id), pg_backend_pid() % 4)
    ) as level (key, part)
    where change.job_id is not null
    group by change.job_id, level.key, level.part
    -- in one order for all; who changes several runs counts them in the order of its changes, and may have to begin again
    order by change.job_id, level.key, level.part
    on conflict (job_id, group_key, part) do update set
        runs = known.runs + excluded.runs, queued = known.queued + excluded.queued, running = known.running + excluded.running,
        completed = known.completed + excluded.completed, error = known.error + excluded.error,
        cancelled = known.cancelled + excluded.cancelled, graded = known.graded + excluded.graded, passed = known.passed + excluded.passed,
        reward_sum = known.reward_sum + excluded.reward_sum, reward_squares = known.reward_squares + excluded.reward_squares,
        started_at = least(known.started_at, excluded.started_at), ended_at = greatest(known.ended_at, excluded.ended_at);
    return null;
end
$$;

-- Counted when the transaction ends: whoever changes many runs holds no count while it waits for the next run.
create constraint trigger run_counted after insert or delete on run deferrable initially deferred
for each row execute function count_run();
create constraint trigger run_counted_again after update on run deferrable initially deferred
for each row when (
    standing(old.status) is distinct from standing(new.status) or old.reward is distinct from new.reward
    or old.job_id is distinct from new.job_id or old.slug is distinct from new.slug or old.group_id is distinct from new.group_id
    or old.started_at is distinct from new.started_at or old.ended_at is distinct from new.ended_at)
execute function count_run();

-- How many jobs a team has, and how many of them with a taskset ('': all).
create table job_total (
    team_id uuid not null,
    taskset_key text not null,
    part smallint not null,
    jobs bigint not null,
    primary key (team_id, taskset_key, part)
) with (fillfactor = 70);

create function count_job() returns trigger language plpgsql set search_path from current as $$
begin
    insert into job_total as known
    select team_id, key, pg_backend_pid() % 4, sum(sign)
    from (values (-1, old.team_id, old.taskset_id), (1, new.team_id, new.taskset_id)) as change (sign, team_id, taskset_id)
    cross join lateral (values (''), (md5(taskset_id))) as level (key)
    where team_id is not null and key is not null
    group by team_id, key
    order by team_id, key
    on conflict (team_id, taskset_key, part) do update set jobs = known.jobs + excluded.jobs;
    return null;
end
$$;

create constraint trigger job_counted after insert or delete on job deferrable initially deferred
for each row execute function count_job();
create constraint trigger job_counted_again after update on job deferrable initially deferred
for each row when (old.taskset_id is distinct from new.taskset_id)
execute function count_job();

-- What is there already.
set local extra_float_digits = 3;
insert into tally
select job_id, level.key, 0, case when level.key <> '' then min(slug) end, case when level.key <> '' then min(group_id) end,
    count(*), count(*) filter (where status = 'queued'), count(*) filter (where standing(status) = 'running'),
    count(*) filter (where status = 'completed'), count(*) filter (where status = 'error'), count(*) filter (where status = 'cancelled'),
    count(grade(status, reward)), count(*) filter (where grade(status, reward) >= 1), coalesce(sum(grade(status, reward)), 0),
    coalesce(sum(grade(status, reward) * grade(status, reward)), 0), min(started_at), max(ended_at)
from run
cross join lateral (values (''), (group_key(slug, group_id))) as level (key)
where job_id is not null
group by job_id, level.key;

insert into job_total
select team_id, level.key, 0, count(*)
from job cross join lateral (values (''), (md5(taskset_id))) as level (key)
where key is not null
group by team_id, level.key;

-- A team's jobs, and those with one taskset, newest first.
drop index job_by_team;
create index job_by_team on job (team_id, seq desc) include (id);
create index job_by_taskset on job (team_id, md5(taskset_id), seq desc) include (id) where taskset_id is not null;

-- A job's runs, newest first: all, those that stand at one place, those that are in no mean; and a group's runs.
drop index run_by_job;
create index run_by_job on run (job_id, seq desc) include (id);
create index run_by_standing on run (job_id, standing(status), seq desc);
create index run_ungraded on run (job_id, seq desc)
where status = 'error' or status = 'cancelled' or (status = 'completed' and reward is null);
create index run_by_group on run (job_id, (group_key(slug, group_id) collate "C"), seq);
