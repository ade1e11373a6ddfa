-- SPDX-License-Identifier: Apache-2.0

-- Why a version that was built to an image cannot run from its context, as processes; empty: it can; null: nobody has looked.
alter table versions add column not_as_process text;

-- Whether the upload has a recipe of an image; null: nobody has looked.
alter table uploads add column recipe boolean;

-- Whether a build is for workers with an engine: for none, for one if one is there, or for one in any case.
alter table builds add column engine text not null default 'IF_THERE' check (engine in ('NONE', 'IF_THERE', 'NEEDED'));

-- Whose turn was longest ago.
create index builds_by_turn on builds (team_id, started_at) where started_at is not null;
