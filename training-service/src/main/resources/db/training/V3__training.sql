-- SPDX-License-Identifier: Apache-2.0

-- Models that learn. A base can be forked and is never trained itself; a fork is its team's, and is.
-- What kind of trainer has the weights; null: there are none to train.
alter table model add column trainer text;
-- What a fork's first weights are: those of a base, or of a checkpoint of the model that it was forked from. Null: it is no fork.
alter table model add column forked_from uuid;
alter table model add column forked_at uuid;
-- How many steps it has made, on whatever branch: names are made of it, and none is made twice.
alter table model add column steps int not null default 0;
-- What is served; null: the first weights.
alter table model add column head uuid;
-- Whose request made it, so that the same request repeated is answered the same.
alter table model add column forked_by uuid;

create table checkpoint (
    id uuid primary key,
    model uuid not null references model on delete cascade,
    parent uuid references checkpoint,
    step int not null,
    -- blobs: what is sampled from, and what training goes on from
    weights text not null,
    state text not null,
    created_at timestamptz not null,
    traces int not null,
    datums int not null,
    tokens bigint not null,
    mean_reward double precision,
    learning_rate double precision not null,
    loss_fn text not null,
    metrics jsonb not null,
    unique (model, step)
);

alter table model add constraint model_head foreign key (head) references checkpoint;

create table call (
    id uuid primary key,
    position bigint generated always as identity,
    model uuid not null references model on delete cascade,
    kind text not null check (kind in ('forward', 'forward_backward', 'backward', 'optim_step')),
    state text not null check (state in ('waiting', 'done', 'failed')),
    -- what is asked, beside the datums, and the blob that they are in
    asked jsonb not null,
    datums text,
    -- of a backward: whose forward it differentiates
    forward uuid references call,
    answer jsonb,
    created_at timestamptz not null,
    ended_at timestamptz,
    -- the step that its gradient went into; or that it was dropped, as the head was moved
    checkpoint uuid references checkpoint,
    dropped boolean not null default false
);

create index call_waiting on call (model, position) where state = 'waiting';
create index call_gathered on call (model, position) where state = 'done' and checkpoint is null and not dropped;

-- Who does a model's calls.
create table hold (
    model uuid primary key references model on delete cascade,
    trainer text not null,
    until timestamptz not null
);
