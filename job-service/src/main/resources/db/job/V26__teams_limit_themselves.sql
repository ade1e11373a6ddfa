-- A team's administrators may let fewer go on at once than the operator lets them: of both numbers the smaller one holds.
create table team_limit (
    team_id uuid primary key,
    most integer not null check (most > 0),
    changed_at timestamptz not null default now()
);
