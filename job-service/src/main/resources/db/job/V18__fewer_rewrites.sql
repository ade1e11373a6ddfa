-- What a run counts as, in a column: as long as that stays what it was, no index is touched. A status of its own in an index made each run
-- that got ready be written into all of them once more.
alter table run add column standing text not null generated always as (standing(status)) stored;

drop index run_by_standing;
create index run_by_standing on run (job_id, standing, seq desc);
drop index run_ungraded;
create index run_ungraded on run (job_id, seq desc)
where standing = 'error' or standing = 'cancelled' or (standing = 'completed' and reward is null);
