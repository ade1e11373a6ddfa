-- A job's runs that are in no mean, the latest first.
create index grade_ungraded on grade (team, job, finished_at, run) where status <> 'completed' or reward is null;
