-- Whose failure it was that ended a run, and how far the run had come; of a model's or the infrastructure's there is no reward. What a
-- client tells has neither.
alter table run
    add column failure_kind text check (failure_kind in ('agent', 'environment', 'grader', 'model', 'infrastructure')),
    add column failure_phase text,
    add column retry text, -- of a held run: which failures are followed by another attempt, as a JSON text; null: the platform's own
    add column not_before timestamptz, -- of a queued one: its last attempt has failed, the next one waits until then
    add constraint run_reward_is_of_its_agent check (reward is null or failure_kind is null or failure_kind not in ('model', 'infrastructure'));
alter table run_spec add column retry text;

alter table run_transition drop constraint run_transition_cause_check;
alter table run_transition
    add column failure text, -- whose failure it was
    add constraint run_transition_cause_check check (cause in ('named', 'submitted', 'entered', 'leased', 'ready', 'given_back', 'failed',
        'worker_failed', 'worker_lost', 'cancel', 'cancelled_ahead', 'reported', 'exited', 'out_of_time', 'abandoned', 'restored', 'rerun'));

-- Whose failures the runs are that a mean leaves out.
alter table tally_sum
    add column by_agent bigint not null default 0,
    add column by_environment bigint not null default 0,
    add column by_grader bigint not null default 0,
    add column by_model bigint not null default 0,
    add column by_infrastructure bigint not null default 0;
alter table tally_change
    add column by_agent bigint not null default 0,
    add column by_environment bigint not null default 0,
    add column by_grader bigint not null default 0,
    add column by_model bigint not null default 0,
    add column by_infrastructure bigint not null default 0;

create or replace view tally as
select * from tally_sum
union all
select * from tally_change
union all
select job_id, ''::text collate "C", null::text, null::text, runs, queued, running, completed, error, cancelled, graded, passed,
    reward_sum, reward_squares, started_at, ended_at, by_agent, by_environment, by_grader, by_model, by_infrastructure
from tally_change;

create or replace function count_run() returns trigger language plpgsql set search_path from current set extra_float_digits = 3 as $$
begin
    insert into tally_change
    select job_id, group_key(slug, group_id), max(slug), max(group_id), sum(sign),
        coalesce(sum(sign) filter (where standing = 'queued'), 0), coalesce(sum(sign) filter (where standing = 'running'), 0),
        coalesce(sum(sign) filter (where standing = 'completed'), 0), coalesce(sum(sign) filter (where standing = 'error'), 0),
        coalesce(sum(sign) filter (where standing = 'cancelled'), 0), coalesce(sum(sign) filter (where grade is not null), 0),
        coalesce(sum(sign) filter (where grade >= 1), 0), coalesce(sum(sign * grade), 0), coalesce(sum(sign * grade * grade), 0),
        min(started_at), max(ended_at),
        coalesce(sum(sign) filter (where failure = 'agent'), 0), coalesce(sum(sign) filter (where failure = 'environment'), 0),
        coalesce(sum(sign) filter (where failure = 'grader'), 0), coalesce(sum(sign) filter (where failure = 'model'), 0),
        coalesce(sum(sign) filter (where failure = 'infrastructure'), 0)
    from (
        values
            (-1, old.job_id, old.slug, old.group_id, standing(old.status), grade(old.status, old.reward), null::timestamptz,
                null::timestamptz, old.failure_kind),
            (1, new.job_id, new.slug, new.group_id, standing(new.status), grade(new.status, new.reward), new.started_at, new.ended_at,
                new.failure_kind)
    ) as change (sign, job_id, slug, group_id, standing, grade, started_at, ended_at, failure)
    where job_id is not null
    group by job_id, group_key(slug, group_id);
    return null;
end
$$;

drop trigger run_counted_again on run;
create trigger run_counted_again after update on run
for each row when (
    standing(old.status) is distinct from standing(new.status) or old.reward is distinct from new.reward
    or old.failure_kind is distinct from new.failure_kind
    or old.job_id is distinct from new.job_id or old.slug is distinct from new.slug or old.group_id is distinct from new.group_id
    or old.started_at is distinct from new.started_at or old.ended_at is distinct from new.ended_at)
execute function count_run();
