-- SPDX-License-Identifier: Apache-2.0

-- Who changed what, from what to what. Rows are added and never touched again.
create table audit (
    id          bigint      generated always as identity primary key,
    at          timestamptz not null,
    team_id     uuid,       -- null: of no team's things
    actor_kind  text        not null, -- a role
    actor_id    uuid,       -- the user, where it is somebody of a team
    actor       text        not null, -- the name that the actor had then
    key_id      uuid,       -- the key that was used; null: a browser without one, or no key at all
    action      text        not null,
    object_kind text        not null,
    object_id   text        not null,
    before      jsonb,      -- null: it was not there
    after       jsonb,      -- null: it is there no more
    request_id  text,
    address     text
);

create index audit_of_team on audit (team_id, id desc);

create function audit_stays() returns trigger language plpgsql as $$
begin
    raise exception 'what the audit says is never changed';
end $$;

create trigger audit_stays before update or delete on audit for each row execute function audit_stays();
create trigger audit_stays_whole before truncate on audit for each statement execute function audit_stays();
