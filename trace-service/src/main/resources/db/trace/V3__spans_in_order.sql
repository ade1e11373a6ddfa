-- The span table as it is read: in an order that an index knows, with bodies as the bytes that came.
--
-- attempt: which attempt of a hosted run sent the span (its fence); 0: nobody's in particular, as in runs that clients drive.
-- step_id: its place among the steps; 2147483647: it has none. Neither is null, so that rows can be compared with a position.
-- seq: grows with arrival, the same for a record that is read again.
-- body: the whole span, JSON in UTF-8 (bytes, because text refuses lone surrogates and jsonb refuses U+0000 and rewrites numbers);
--     null if it lies among the blobs, then blob is its SHA-256.
-- size: of the body, in bytes, wherever it lies.
do $$
declare
    part record;
begin
    for part in
        select child.relname as name
        from pg_inherits join pg_class child on child.oid = inhrelid join pg_class parent on parent.oid = inhparent
        where parent.relname = 'span' and parent.relnamespace = current_schema()::regnamespace
    loop
        execute format('alter table %I rename to %I', part.name, 'old_' || part.name);
    end loop;
end $$;
alter table span rename to old_span;
alter table old_span rename constraint span_pkey to old_span_pkey;

create table span (
    day date not null,
    run uuid not null,
    team uuid not null,
    span_id text not null,
    seq bigint not null,
    attempt int not null,
    name text not null,
    schema text,
    step_id int not null,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    received_at timestamptz not null,
    tool text,
    failed bool not null,
    size int not null,
    body bytea,
    blob text,
    primary key (day, run, team, span_id),
    constraint span_has_a_body check ((body is null) <> (blob is null))
) partition by range (day);

-- How a timeline is told, and what has arrived since somebody looked.
create index span_in_order on span (run, team, attempt, started_at, step_id, seq);
create index span_by_arrival on span (run, team, seq);

-- What is there is kept. Their tools and failures are not looked for in old bodies.
do $$
declare
    part record;
    first_day date;
begin
    for part in
        select child.relname as name
        from pg_inherits join pg_class child on child.oid = inhrelid join pg_class parent on parent.oid = inhparent
        where parent.relname = 'old_span' and parent.relnamespace = current_schema()::regnamespace
    loop
        first_day := to_date(right(part.name, 8), 'YYYYMMDD');
        execute format('create table %I partition of span for values from (%L) to (%L)',
            'span_' || right(part.name, 8), first_day, first_day + 1);
    end loop;
end $$;
insert into span (day, run, team, span_id, seq, attempt, name, schema, step_id, started_at, ended_at, received_at, failed, size, body)
select day, run, team, span_id, seq, coalesce(attempt, 0), name, schema, coalesce(step_id, 2147483647), started_at, ended_at, received_at,
    false, octet_length(body), convert_to(body, 'UTF8')
from old_span;
drop table old_span;
