-- SPDX-License-Identifier: Apache-2.0

-- Why a version that was built to an image cannot run from its context, as processes; null: it can. Nobody looked at those that there are.
alter table versions add column not_as_process text;
update versions set not_as_process = 'it was built before that could be chosen: deploy it again' where image is not null;

-- Whether the upload has a recipe of an image.
alter table uploads add column recipe boolean not null default false;

-- Whether a build is for workers with an engine: for none, for one if one is there, or for one in any case.
alter table builds add column engine text not null default 'IF_THERE' check (engine in ('NONE', 'IF_THERE', 'NEEDED'));

-- Whose turn was longest ago.
create index builds_by_turn on builds (team_id, started_at) where started_at is not null;
