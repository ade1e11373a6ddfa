-- SPDX-License-Identifier: Apache-2.0

-- Whether whom the provider signed in is still there is asked again while they are signed in.
alter table sign_ins
    add column ends_at timestamptz, -- it stands no longer than this, however often the provider says yes; null: no longer than expires_at
    add column renewal text,        -- what the provider is asked with, sealed (a refresh token); null: nothing, so it is not asked
    add column ask_at  timestamptz, -- when it is asked next
    add column in_doubt boolean not null default false; -- it was asked, and nobody has heard its answer
create index sign_ins_to_ask on sign_ins (ask_at) where ask_at is not null;
-- What the provider said before this is as old as the sign-in: it stands for the hour that has no question.
update sign_ins set expires_at = least(expires_at, now() + interval '1 hour') where key_id is null;
