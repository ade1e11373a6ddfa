-- SPDX-License-Identifier: Apache-2.0

-- Calls that go on at once are leased as money and tokens are.
alter table budgets add column held_calls bigint not null default 0;
alter table budget_slices add column calls bigint not null default 0;

-- What gateways have taken of the limits by the minute, by the second of the database's clock in which they did. A second counts for a
-- minute and a little, and is then forgotten.
create table budget_seconds (
    budget_id uuid   not null references budgets (id) on delete cascade,
    second    bigint not null,
    requests  bigint not null,
    tokens    bigint not null,
    primary key (budget_id, second)
);

-- Calls whose run or job was not known when they were booked.
create index calls_without_job on calls (at) where job_id is null and (run_id is not null or run_ref is not null);

-- Old calls are taken away. They lie in the order of their time: a small index finds them, and costs nothing when calls are booked.
create index calls_by_time on calls using brin (at);

-- Without a team: the operator's, for everybody whose team has none of its own for a model.
alter table prices alter column team_id drop not null;
create index prices_of_everybody on prices (pattern) where team_id is null;

-- Each upstream that was asked for a call, where that was more than one or came to nothing: [{upstream, status, ms, error}].
alter table calls add column tries jsonb;
