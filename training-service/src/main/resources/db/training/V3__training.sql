-- SPDX-License-Identifier: Apache-2.0

-- Models that learn. A base can be forked and is never trained itself; a fork is its team's, and is. Their upstream_model is what the trainer
-- calls the base's weights.
-- What kind of trainer has the weights; null: there are none to train.
alter table model add column trainer text;
-- Where a fork began: at a model, and at a checkpoint of it; without one, at that model's own first weights.
alter table model add column forked_from uuid;
alter table model add column forked_at uuid;
-- Blob of a fork's first weights; null: the base's.
alter table model add column weights text;
-- How many steps it has made, on whatever branch: names are made of it, and none is made twice.
alter table model add column steps int not null default 0;
-- What is served; null: the first weights.
alter table model add column head uuid;
-- Who forked it, and whether they have been told: until then the same request again is the same fork.
alter table model add column forked_by uuid;
alter table model add column told boolean not null default true;
-- Who did its last call, and has its weights in memory.
alter table model add column last_trainer text;

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

-- What a model was told: forward_backward, forward, backward, optim_step.
create table call (
    id uuid primary key,
    position bigint generated always as identity,
    model uuid not null references model on delete cascade,
    kind text not null,
    state text not null check (state in ('waiting', 'leased', 'done', 'failed')),
    created_at timestamptz not null default now(),
    -- what is asked, beside the datums
    asked jsonb not null,
    -- blobs: of the datums; of a backward, their weights; of a forward that is done, its log-probabilities
    datums text,
    weights text,
    logprobs text,
    -- of a backward: whose forward it differentiates
    forward uuid references call,
    attempt int not null default 0,
    trainer text,
    lease_until timestamptz,
    ended_at timestamptz,
    -- of what is done: its place in the order in which they were
    done_as bigint,
    -- whether it added anything to the gradient
    moves boolean not null default false,
    metrics jsonb,
    -- of what failed
    status int,
    detail text,
    -- the step that it went into or was; or it was dropped, as the head was moved
    checkpoint uuid references checkpoint,
    dropped boolean not null default false
);

create sequence call_done;
create index call_open on call (model, position) where state in ('waiting', 'leased');
create index call_gathered on call (model, done_as) where state = 'done' and checkpoint is null and not dropped;
create index call_of_checkpoint on call (checkpoint) where checkpoint is not null;
create index call_with_batch on call (ended_at) where datums is not null;
create unique index call_of_forward on call (forward) where state <> 'failed';

-- Who asks for calls, of what kinds.
create table trainer (
    name text primary key,
    kinds text[] not null,
    seen_at timestamptz not null
);
