-- How long a team keeps spans, and large contents of spans, in days. Null, or no row: for as long as the operator does.
create table retention (
    team uuid primary key,
    spans_days int check (spans_days > 0),
    large_days int check (large_days > 0)
);

-- When the spans of a run were deleted, all of them that there were. Null again once more have come.
alter table run add column cleared_at timestamptz;
create index run_to_clear on run (team, day) where cleared_at is null;

-- Contents that lie among the blobs: few, and looked for by their age.
create index span_large on span (team, day) where blob is not null;
-- By whom a blob is named.
create index span_by_blob on span (blob) where blob is not null;
