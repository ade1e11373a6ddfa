-- What opens a team's account with a provider of sandboxes; sealed for that team and runtime.
create table runtime_credential (
    team_id uuid not null,
    runtime text not null,
    sealed text not null,
    hint text not null, -- its last characters, to tell it from another
    entered_at timestamptz not null,
    primary key (team_id, runtime)
);
