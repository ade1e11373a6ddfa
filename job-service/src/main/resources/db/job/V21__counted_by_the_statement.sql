-- Runs are counted once for each statement that changes some, not once for each of them: they are written a hundred at a time, and counting
-- them one by one took as long as writing them. A hundred that change alike are one row of changes, or one for each of their groups.
lock table run in access exclusive mode;
drop trigger run_counted on run;
drop trigger run_counted_again on run;
drop function count_run();

create function count_come_or_gone() returns trigger language plpgsql set search_path from current set extra_float_digits = 3 as $$
declare
    sign constant integer := case tg_op when 'INSERT' then 1 else -1 end;
begin
    insert into tally_change
    select job_id, group_key(slug, group_id), max(slug), max(group_id), sum(sign),
        coalesce(sum(sign) filter (where standing = 'queued'), 0), coalesce(sum(sign) filter (where standing = 'running'), 0),
        coalesce(sum(sign) filter (where standing = 'completed'), 0), coalesce(sum(sign) filter (where standing = 'error'), 0),
        coalesce(sum(sign) filter (where standing = 'cancelled'), 0), coalesce(sum(sign) filter (where grade is not null), 0),
        coalesce(sum(sign) filter (where grade >= 1), 0), coalesce(sum(sign * grade), 0), coalesce(sum(sign * grade * grade), 0),
        min(started_at) filter (where sign > 0), max(ended_at) filter (where sign > 0),
        coalesce(sum(sign) filter (where failure_kind = 'agent'), 0), coalesce(sum(sign) filter (where failure_kind = 'environment'), 0),
        coalesce(sum(sign) filter (where failure_kind = 'grader'), 0), coalesce(sum(sign) filter (where failure_kind = 'model'), 0),
        coalesce(sum(sign) filter (where failure_kind = 'infrastructure'), 0)
    from (select *, grade(status, reward) as grade from changed) as change
    where job_id is not null
    group by job_id, group_key(slug, group_id);
    return null;
end
$$;
create trigger run_come after insert on run referencing new table as changed for each statement execute function count_come_or_gone();
create trigger run_gone after delete on run referencing old table as changed for each statement execute function count_come_or_gone();

-- Not by joining what was with what became: how it joins is planned once for each connection, by how few there were at first. What cancels
-- out within a group, as that of updates which change nothing that is counted, makes no row.
create function count_changed() returns trigger language plpgsql set search_path from current set extra_float_digits = 3 as $$
begin
    insert into tally_change
    select * from (
        select job_id, group_key(slug, group_id), max(slug), max(group_id), sum(sign) as runs,
            coalesce(sum(sign) filter (where standing = 'queued'), 0) as queued, coalesce(sum(sign) filter (where standing = 'running'), 0) as running,
            coalesce(sum(sign) filter (where standing = 'completed'), 0) as completed, coalesce(sum(sign) filter (where standing = 'error'), 0) as error,
            coalesce(sum(sign) filter (where standing = 'cancelled'), 0) as cancelled, coalesce(sum(sign) filter (where grade is not null), 0) as graded,
            coalesce(sum(sign) filter (where grade >= 1), 0) as passed, coalesce(sum(sign * grade), 0) as rewards,
            coalesce(sum(sign * grade * grade), 0) as squares,
            nullif(min(started_at) filter (where sign > 0), min(started_at) filter (where sign < 0)) as started,
            nullif(max(ended_at) filter (where sign > 0), max(ended_at) filter (where sign < 0)) as ended,
            coalesce(sum(sign) filter (where failure_kind = 'agent'), 0) as by_agent,
            coalesce(sum(sign) filter (where failure_kind = 'environment'), 0) as by_environment,
            coalesce(sum(sign) filter (where failure_kind = 'grader'), 0) as by_grader,
            coalesce(sum(sign) filter (where failure_kind = 'model'), 0) as by_model,
            coalesce(sum(sign) filter (where failure_kind = 'infrastructure'), 0) as by_infrastructure
        from (
            select -1 as sign, job_id, slug, group_id, standing, grade(status, reward) as grade, started_at, ended_at, failure_kind from was
            union all
            select 1, job_id, slug, group_id, standing, grade(status, reward), started_at, ended_at, failure_kind from became
        ) as change
        where job_id is not null
        group by job_id, group_key(slug, group_id)
    ) as sums
    where (runs, queued, running, completed, error, cancelled, graded, passed, rewards, squares, by_agent, by_environment, by_grader, by_model,
            by_infrastructure) <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        or started is not null or ended is not null;
    return null;
end
$$;
create trigger run_changed after update on run referencing old table as was new table as became for each statement execute function count_changed();
