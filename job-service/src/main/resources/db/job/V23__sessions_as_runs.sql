-- Sessions are given out as runs are: by whose turn it is, to a worker that has the runtime and the room. Those of one team that open the
-- same version of an environment are a flow, as of runs those of one job are.
alter table session
    add column user_id uuid, -- who opened it; null: that was not kept yet, and whoever cancels all that is theirs leaves it
    add column version_id uuid, -- which version of the environment it is opened with; null: the newest there is then
    add column runtime text not null default 'process', -- the kind that it needs
    -- what it asks for of its worker's machine
    add column cpus double precision not null default 0,
    add column memory_mb bigint not null default 0,
    add column gpus integer not null default 0;

drop index session_queue;
create index session_flow on session (team_id, (coalesce(version_id, team_id)), runtime, seq) where state = 'queued';

-- Where a session stands is kept as it is of a run, and moves by the same rules: queued, held, finished. What is its own is who comes to it, and
-- why it has ended, which is known before whoever holds it has cleared up.
alter table session rename column error to why;
alter table session rename column ended_at to closed_at;
alter table session drop constraint session_state_check, drop constraint session_ends_with_a_cause;
alter table session
    add column status text,
    add column revision integer not null default 0,
    add column deadline timestamptz,
    add column timeout_millis bigint,
    add column retry text,
    add column not_before timestamptz,
    add column ends_by timestamptz, -- none has: it has its lifetime
    add column initialized boolean not null default false,
    add column stop_reason text,
    add column error text,
    add column failure_kind text,
    add column failure_phase text,
    add column reward double precision check (reward is null), -- nothing is graded
    add column ended_by text,
    add column ended_at timestamptz;

drop index session_live;
update session set
    initialized = state = 'ready',
    status = case state when 'queued' then 'queued' when 'starting' then 'initializing' when 'ready' then 'running' else 'cancelled' end,
    deadline = case when state in ('starting', 'ready') then now() + interval '1 day' end,
    timeout_millis = case when state in ('starting', 'ready') then 86400000 end,
    retry = case when state = 'ready' then '{"infrastructure": 0}' end,
    revision = case when state = 'ended' then 1 else 0 end,
    ended_by = case when state = 'ended' then 'platform' end,
    ended_at = case when state = 'ended' then coalesce(closed_at, now()) end,
    closed_at = case when state = 'ended' then coalesce(closed_at, now()) end,
    state = case when state = 'queued' then 'queued' when state = 'ended' then 'finished' else 'held' end;
alter table session
    alter column status set not null,
    add constraint session_state check (state in ('queued', 'held', 'finished')),
    add constraint session_ends_with_a_cause check (state <> 'finished' or cause is not null),
    add constraint session_closes_with_a_cause check ((cause is null) = (closed_at is null));

-- The one order in which a session may stand here and there is that of runs.
create trigger session_step before update on session
for each row when (old.state <> new.state or old.status <> new.status or old.attempt <> new.attempt or old.revision <> new.revision)
execute function check_run_step();

create index session_live on session (id) where state <> 'finished';

-- What is left of a user's, to end it.
create index session_by_user on session (user_id, team_id) where state <> 'finished';
