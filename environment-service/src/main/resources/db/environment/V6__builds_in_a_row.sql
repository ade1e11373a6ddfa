-- The order of builds is that in which the database took them in, whatever the clocks of the replicas say: the queue's and the lists'.
alter table builds add column seq bigint;
update builds set seq = ordered.place
from (select id, row_number() over (order by created_at, id) as place from builds) ordered
where ordered.id = builds.id;
alter table builds
    alter column seq set not null,
    alter column seq add generated always as identity;
select setval(pg_get_serial_sequence('builds', 'seq'), coalesce((select max(seq) from builds), 0) + 1, false);

drop index builds_waiting;
drop index builds_by_team;
drop index builds_by_environment;
create index builds_waiting on builds (seq) where status = 'IN_PROGRESS';
create index builds_by_team on builds (team_id, seq desc) include (id);
create index builds_by_environment on builds (environment_id, seq desc) include (id);

-- Dead letters are listed by their queue, newest first.
create index dead_letter_by_queue on dead_letter (queue, seq);
