-- A team's administrators may let fewer go on at once than the operator lets them: of both numbers the smaller one holds.
alter table concurrency_limit
    add column own boolean not null default false, -- said by the team itself
    drop constraint concurrency_limit_team_id_key,
    add constraint concurrency_limit_of_team unique (team_id, own),
    add constraint concurrency_limit_own check (not own or (team_id is not null and most is not null));
