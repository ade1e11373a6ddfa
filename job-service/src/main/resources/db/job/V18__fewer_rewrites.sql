-- What a run counts as, in a column: as long as that stays what it was, no index is touched. A status of its own in an index made each run
-- that got ready be written into all of them once more.

-- The table is written anew with all of its indexes, and nobody renews a lease meanwhile: those that go anyway go first.
drop index run_by_standing;
drop index run_ungraded;
alter table run add column standing text not null generated always as (standing(status)) stored;

create index run_by_standing on run (job_id, standing, seq desc);
create index run_ungraded on run (job_id, seq desc)
where standing = 'error' or standing = 'cancelled' or (standing = 'completed' and reward is null);
