-- SPDX-License-Identifier: Apache-2.0

-- Who said that a shared model is there: the configuration, or an upstream of the gateway, which lists what it serves ('offered:<upstream>').
-- A model of a team is its team's, whatever stands here.
alter table model add column source text not null default 'configured';
-- Who made it, for people and for clients that choose their library by it. Null: whoever serves it.
alter table model add column vendor text;
alter table model add column released_at timestamptz;
