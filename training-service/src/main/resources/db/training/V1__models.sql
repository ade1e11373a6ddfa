-- The catalog. A model without a team is everybody's: it comes from the configuration.
create table model (
    id uuid primary key,
    team uuid,
    model_name text not null,
    name text,
    provider text not null,
    sdk_agent_type text not null,
    upstream_model text not null,
    created_at timestamptz not null,
    position bigint generated always as identity
);

create unique index model_slug on model (team, lower(model_name)) nulls not distinct;
create index model_order on model (team, position);
