-- What could not be delivered and was set aside, so that what is behind it moves on. The id is made of queue, key and payload.
create table dead_letter (
    id uuid primary key,
    seq bigint generated always as identity unique,
    queue text not null,
    key text not null,
    team uuid,
    reason text not null,
    payload bytea not null,
    times int not null default 1,
    at timestamptz not null
);
