-- SPDX-License-Identifier: Apache-2.0

-- The image that a version's runs take place in, and the one engine that has it; both null: they run from the context.
alter table versions
    add column image text,
    add column image_engine text;

-- One sealed JSON object, for as long as the build goes on.
alter table builds add column build_secrets text;

alter table builds drop constraint builds_status_check;
alter table builds add constraint builds_status_check check (status in ('IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'STOPPED'));
