-- Counting without waiting. Whoever changed a run rewrote its job's and its group's tally, in the order of its changes, which was nobody
-- else's: two who changed several runs could wait for each other in a circle, and a thousand changes in one transaction rewrote one row a
-- thousand times. Now each change adds a row that says by how much, which waits for nothing; what is read is the sum of those rows and of
-- what was added up before. A single one adds up, now and then.

-- In the order in which everybody else locks them; what is under way is waited for, and counts as it counted until now.
lock table job, run in access exclusive mode;

drop trigger run_counted on run;
drop trigger run_counted_again on run;
drop trigger job_counted on job;
drop trigger job_counted_again on job;

-- What was added up. Written only by who adds up.
alter table tally rename to tally_in_parts;
alter index tally_pkey rename to tally_in_parts_pkey;
create table tally_sum (
    job_id uuid not null,
    group_key text collate "C" not null, -- '': the whole job
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
    primary key (job_id, group_key)
) with (fillfactor = 70);
insert into tally_sum
select job_id, group_key, max(slug), max(group_id), sum(runs), sum(queued), sum(running), sum(completed), sum(error), sum(cancelled),
    sum(graded), sum(passed), sum(reward_sum), sum(reward_squares), min(started_at), max(ended_at)
from tally_in_parts
group by job_id, group_key;
drop table tally_in_parts;

-- By how much a group's numbers have changed since. The whole job's have changed by as much.
create table tally_change (like tally_sum);
create index tally_change_by_group on tally_change (job_id, group_key);

-- Types stand beside what has none: only so does a condition on the view reach the indexes.
create view tally as
select * from tally_sum
union all
select * from tally_change
union all
select job_id, ''::text collate "C", null::text, null::text, runs, queued, running, completed, error, cancelled, graded, passed,
    reward_sum, reward_squares, started_at, ended_at
from tally_change;

create or replace function count_run() returns trigger language plpgsql set search_path from current set extra_float_digits = 3 as $$
begin
    insert into tally_change
    select job_id, group_key(slug, group_id), max(slug), max(group_id), sum(sign),
        coalesce(sum(sign) filter (where standing = 'queued'), 0), coalesce(sum(sign) filter (where standing = 'running'), 0),
        coalesce(sum(sign) filter (where standing = 'completed'), 0), coalesce(sum(sign) filter (where standing = 'error'), 0),
        coalesce(sum(sign) filter (where standing = 'cancelled'), 0), coalesce(sum(sign) filter (where grade is not null), 0),
        coalesce(sum(sign) filter (where grade >= 1), 0), coalesce(sum(sign * grade), 0), coalesce(sum(sign * grade * grade), 0),
        min(started_at), max(ended_at)
    from (
        values
            (-1, old.job_id, old.slug, old.group_id, standing(old.status), grade(old.status, old.reward), null::timestamptz,
                null::timestamptz),
            (1, new.job_id, new.slug, new.group_id, standing(new.status), grade(new.status, new.reward), new.started_at, new.ended_at)
    ) as change (sign, job_id, slug, group_id, standing, grade, started_at, ended_at)
    where job_id is not null
    group by job_id, group_key(slug, group_id);
    return null;
end
$$;

create trigger run_counted after insert or delete on run for each row execute function count_run();
create trigger run_counted_again after update on run
for each row when (
    standing(old.status) is distinct from standing(new.status) or old.reward is distinct from new.reward
    or old.job_id is distinct from new.job_id or old.slug is distinct from new.slug or old.group_id is distinct from new.group_id
    or old.started_at is distinct from new.started_at or old.ended_at is distinct from new.ended_at)
execute function count_run();

-- The same of jobs.
alter table job_total rename to job_total_in_parts;
alter index job_total_pkey rename to job_total_in_parts_pkey;
create table job_total_sum (
    team_id uuid not null,
    taskset_key text not null,
    jobs bigint not null,
    primary key (team_id, taskset_key)
) with (fillfactor = 70);
insert into job_total_sum select team_id, taskset_key, sum(jobs) from job_total_in_parts group by team_id, taskset_key;
drop table job_total_in_parts;

create table job_total_change (like job_total_sum);
create index job_total_change_by_team on job_total_change (team_id);

create view job_total as select * from job_total_sum union all select * from job_total_change;

create or replace function count_job() returns trigger language plpgsql set search_path from current as $$
begin
    insert into job_total_change
    select team_id, key, sum(sign)
    from (values (-1, old.team_id, old.taskset_id), (1, new.team_id, new.taskset_id)) as change (sign, team_id, taskset_id)
    cross join lateral (values (''), (md5(taskset_id))) as level (key)
    where team_id is not null and key is not null
    group by team_id, key
    having sum(sign) <> 0;
    return null;
end
$$;

create trigger job_counted after insert or delete on job for each row execute function count_job();
create trigger job_counted_again after update on job
for each row when (old.taskset_id is distinct from new.taskset_id)
execute function count_job();

-- Dead letters are listed by their queue, newest first.
create index dead_letter_by_queue on dead_letter (queue, seq);
