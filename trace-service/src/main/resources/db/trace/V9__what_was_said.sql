-- begun_at: when a run began, as far as anybody here has heard: its first lease, or the first of its spans to come. Lists go by it.
-- search_due: when it is looked at whether there is more to read of it, for search; who reads it holds it until then.
-- search_looks: how often that was done since it began, or ended. search_tries: how often in a row it failed.
alter table run
    add column begun_at timestamptz not null default now(),
    add column search_due timestamptz not null default '-infinity',
    add column search_looks int not null default 0,
    add column search_tries int not null default 0;
update run set begun_at = coalesce(finished_at, day::timestamp at time zone 'UTC');

-- What was said in a run, as it is looked for.
--
-- seq: of the latest span that is read; -1: there was none. revision: of the run's end that is.
-- errors: of what went wrong alone.
create table said (
    run uuid primary key references run,
    seq bigint not null,
    revision int not null,
    tools text[] not null,
    words tsvector not null,
    errors tsvector not null,
    read_at timestamptz not null
);
create index said_words on said using gin (words);
create index said_errors on said using gin (errors);
create index said_tools on said using gin (tools);
create index run_by_beginning on run (team, begun_at, run);
create index run_to_read on run (search_due);

-- Searches that a team keeps: the parameters, as they stand in an address.
create table saved_view (
    team uuid not null,
    name text not null,
    query text not null,
    saved_at timestamptz not null,
    primary key (team, name)
);
