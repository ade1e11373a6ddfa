-- Rules decide what becomes of a session, and say when they want to look at it next.
alter table session
    add column cause text check (cause in ('deleted', 'idle', 'unused', 'lifetime', 'environment', 'worker')),
    add column due_at timestamptz default now(); -- null: never

update session
set due_at = null,
    cause = case
        when error is null then 'deleted'
        when error = 'Nobody used it any more.' then case when seen_at is null then 'unused' else 'idle' end
        when error like 'Its worker %' then 'worker'
        else 'environment'
    end
where state = 'ended';

alter table session add constraint session_ends_with_a_cause check ((state = 'ended') = (cause is not null));
