-- SPDX-License-Identifier: Apache-2.0

-- Operators enter upstreams and targets too, which are everybody's then: those have no team.
alter table upstreams alter column team_id drop not null;
drop index upstreams_of_team;
create unique index upstreams_of_team on upstreams (coalesce(team_id, '00000000-0000-0000-0000-000000000000'), lower(name));

-- the only ones that it offers, as it calls them; empty: all that it lists
alter table upstreams add column models text[] not null default '{}';
-- whether it is asked what it serves; null: as its preset says
alter table upstreams add column lists boolean;
-- how long it is waited for; null: as long as any
alter table upstreams add column connect_seconds integer check (connect_seconds > 0);
alter table upstreams add column first_seconds integer check (first_seconds > 0);
alter table upstreams add column next_seconds integer check (next_seconds > 0);
alter table upstreams add column total_seconds integer check (total_seconds > 0);

alter table model_targets alter column team_id drop not null;
drop index model_targets_of_team;
create unique index model_targets_of_team
    on model_targets (coalesce(team_id, '00000000-0000-0000-0000-000000000000'), lower(model_name), lower(upstream), upstream_model);
