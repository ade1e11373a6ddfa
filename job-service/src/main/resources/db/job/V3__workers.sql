-- Workers that asked for runs, so that people can see who works for them, and whether sandboxes are walled off there.
create table worker (
    name text primary key,
    isolation text not null,
    seen_at timestamptz not null
);
