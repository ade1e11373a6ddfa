-- Sessions are given out as runs are: by whose turn it is, to a worker that has the runtime and the room. Those of one team that need the
-- same kind of runtime are a flow, as of runs those of one job are.
alter table session
    add column user_id uuid, -- who opened it; null: that was not kept yet
    add column version_id uuid, -- which version of the environment it is opened with; null: the newest there is then
    add column runtime text not null default 'process', -- the kind that it needs
    -- what it asks for of its worker's machine
    add column cpus double precision not null default 0,
    add column memory_mb bigint not null default 0,
    add column gpus integer not null default 0;

drop index session_queue;
create index session_flow on session (team_id, runtime, seq) where state = 'queued';

-- What is left of a user's, to end it.
create index session_by_user on session (user_id, team_id) where state <> 'ended';
