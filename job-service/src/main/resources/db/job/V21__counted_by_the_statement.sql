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

create function count_changed() returns trigger language plpgsql set search_path from current set extra_float_digits = 3 as $$
begin
    insert into tally_change
    select change.job_id, group_key(change.slug, change.group_id), max(change.slug), max(change.group_id), sum(sign),
        coalesce(sum(sign) filter (where change.standing = 'queued'), 0), coalesce(sum(sign) filter (where change.standing = 'running'), 0),
        coalesce(sum(sign) filter (where change.standing = 'completed'), 0), coalesce(sum(sign) filter (where change.standing = 'error'), 0),
        coalesce(sum(sign) filter (where change.standing = 'cancelled'), 0), coalesce(sum(sign) filter (where grade is not null), 0),
        coalesce(sum(sign) filter (where grade >= 1), 0), coalesce(sum(sign * grade), 0), coalesce(sum(sign * grade * grade), 0),
        min(change.started_at), max(change.ended_at),
        coalesce(sum(sign) filter (where failure = 'agent'), 0), coalesce(sum(sign) filter (where failure = 'environment'), 0),
        coalesce(sum(sign) filter (where failure = 'grader'), 0), coalesce(sum(sign) filter (where failure = 'model'), 0),
        coalesce(sum(sign) filter (where failure = 'infrastructure'), 0)
    from was join became using (id) cross join lateral (
        values
            (-1, was.job_id, was.slug, was.group_id, was.standing, grade(was.status, was.reward), null::timestamptz, null::timestamptz,
                was.failure_kind),
            (1, became.job_id, became.slug, became.group_id, became.standing, grade(became.status, became.reward), became.started_at,
                became.ended_at, became.failure_kind)
    ) as change (sign, job_id, slug, group_id, standing, grade, started_at, ended_at, failure)
    where change.job_id is not null
        and (was.standing is distinct from became.standing or was.reward is distinct from became.reward
            or was.failure_kind is distinct from became.failure_kind
            or was.job_id is distinct from became.job_id or was.slug is distinct from became.slug or was.group_id is distinct from became.group_id
            or was.started_at is distinct from became.started_at or was.ended_at is distinct from became.ended_at)
    group by change.job_id, group_key(change.slug, change.group_id);
    return null;
end
$$;
create trigger run_changed after update on run referencing old table as was new table as became for each statement execute function count_changed();
