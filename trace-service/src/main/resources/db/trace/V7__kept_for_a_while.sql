-- How long a team keeps spans, and large contents of spans, in days. Null, or no row: for as long as the operator does.
create table retention (
    team uuid primary key,
    spans_days int check (spans_days > 0),
    large_days int check (large_days > 0)
);

-- cleared_at: when the spans of a run were deleted, all of them that there were. Null again once more have come.
-- cleared_up_to: what came before then was deleted by hand; what of it was still on its way goes when it is seen.
alter table run
    add column cleared_at timestamptz,
    add column cleared_up_to timestamptz;
