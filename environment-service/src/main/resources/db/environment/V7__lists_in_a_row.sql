-- SPDX-License-Identifier: Apache-2.0

-- The lists of environments, tasksets and projects have the order in which the database took their rows in: a place among them stays the
-- same while they grow. What is there keeps the order in which it was shown.
alter table environments add column seq bigint;
update environments set seq = ordered.place
from (select id, row_number() over (order by created_at, id desc) as place from environments) ordered
where ordered.id = environments.id;
alter table environments
    alter column seq set not null,
    alter column seq add generated always as identity;
select setval(pg_get_serial_sequence('environments', 'seq'), coalesce((select max(seq) from environments), 0) + 1, false);
drop index environments_by_age;
create unique index environments_in_order on environments (team_id, seq desc);

alter table tasksets add column seq bigint;
update tasksets set seq = ordered.place
from (select id, row_number() over (order by created_at, id desc) as place from tasksets) ordered
where ordered.id = tasksets.id;
alter table tasksets
    alter column seq set not null,
    alter column seq add generated always as identity;
select setval(pg_get_serial_sequence('tasksets', 'seq'), coalesce((select max(seq) from tasksets), 0) + 1, false);
drop index tasksets_by_age;
create unique index tasksets_in_order on tasksets (team_id, seq desc);

-- Projects are shown oldest first.
alter table projects add column seq bigint;
update projects set seq = ordered.place
from (select id, row_number() over (order by created_at, id) as place from projects) ordered
where ordered.id = projects.id;
alter table projects
    alter column seq set not null,
    alter column seq add generated always as identity;
select setval(pg_get_serial_sequence('projects', 'seq'), coalesce((select max(seq) from projects), 0) + 1, false);
create unique index projects_in_order on projects (team_id, seq);
