-- SPDX-License-Identifier: Apache-2.0

-- What a user may do in the team. Before roles everybody could do everything: whoever came first goes on doing so.
alter table users add column role text not null default 'MEMBER' check (role in ('VIEWER', 'MEMBER', 'ADMINISTRATOR'));

update users set role = 'ADMINISTRATOR'
where id in (select distinct on (team_id) id from users order by team_id, created_at, id);

alter table users alter column role drop default;
