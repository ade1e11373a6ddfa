-- By themselves, since they take a while: nobody waits for the runs' table meanwhile.
create index run_to_clear on run (team, day) where cleared_at is null;
create index run_cleared_by_hand on run (cleared_up_to) where cleared_up_to is not null;

-- Contents that lie among the blobs: few, and looked for by their age; and by whom a blob is named.
create index span_large on span (team, day) where blob is not null;
create index span_by_blob on span (blob) where blob is not null;
