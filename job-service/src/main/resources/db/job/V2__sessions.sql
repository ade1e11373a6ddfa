-- A runtime session: a sandbox that an agent elsewhere reaches through tunnels. The row is the queue, as with runs.
create table session (
    id uuid primary key,
    seq bigint generated always as identity,
    team_id uuid not null,
    environment text not null, -- as the client gave it
    run_id uuid, -- the run that it is for, if the client said so
    state text not null check (state in ('queued', 'starting', 'ready', 'ended')),
    attempt integer not null default 0,
    worker text,
    address text, -- where the worker that holds the sandbox is found
    lease_expires_at timestamptz,
    tunnels integer not null default 0, -- as of the last renewal
    seen_at timestamptz, -- when a tunnel was open, or asked for; null: nobody ever came
    error text,
    created_at timestamptz not null,
    ended_at timestamptz
);
create index session_queue on session (seq) where state = 'queued';
create index session_live on session (id) where state <> 'ended';
