-- SPDX-License-Identifier: Apache-2.0

-- Who signs in by OpenID Connect: known by what the provider itself calls them, for an e-mail can pass to somebody else.
create table people (
    id         uuid        not null primary key,
    issuer     text        not null,
    subject    text        not null,
    email      text,       -- verified, in small letters, as the provider said it last
    name       text,
    created_at timestamptz not null,
    unique (issuer, subject)
);

-- A person may be a user of several teams; a user without a person has keys alone, or was invited and has not come yet.
alter table users
    add column person_id    uuid references people (id),
    add column email        text,        -- in small letters
    add column last_sign_in timestamptz, -- of a browser
    add column removed_at   timestamptz; -- since then neither keys nor browsers of theirs open anything

-- Whoever left gives the name free.
alter table users drop constraint users_team_id_name_key;
create unique index users_by_name on users (team_id, name) where removed_at is null;
create unique index users_by_person on users (team_id, person_id) where removed_at is null;
create unique index users_by_email on users (team_id, email) where removed_at is null;
create index users_of_person on users (person_id) where person_id is not null;
create index users_invited on users (email) where email is not null;

-- A browser is somebody's, whether a key signed it in or the provider.
alter table sign_ins alter column key_id drop not null, add column user_id uuid references users (id);
update sign_ins set user_id = (select user_id from api_keys where id = key_id);
alter table sign_ins alter column user_id set not null;
create index sign_ins_of_user on sign_ins (user_id, created_at);
