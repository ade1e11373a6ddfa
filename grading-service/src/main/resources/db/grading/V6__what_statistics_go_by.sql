-- What statistics put runs together by. Known of runs that end from now on; null: not known.
alter table grade
    add column agent text,
    add column task_version uuid,
    add column environment_version integer,
    add column started_at timestamptz;

-- What is one task within a job: its name, environment and version. Begins with the name, of which an index takes only so much.
create function task_key(slug text, environment text, version uuid) returns text language sql immutable
return left(coalesce(slug, ''), 100) || chr(1)
    || md5(coalesce(slug, '') || chr(1) || coalesce(environment, '') || chr(1) || coalesce(version::text, ''));

-- The grade that counts: a run that ended in an error, or was cancelled, is in no mean whatever its evaluation says. Exact, for sums of
-- doubles are not.
create function counted(status text, reward double precision) returns numeric language sql stable
return case when status = 'completed' then reward::text::numeric end;

create index grade_by_task on grade (job, (task_key(task_slug, environment, task_version) collate "C"));
