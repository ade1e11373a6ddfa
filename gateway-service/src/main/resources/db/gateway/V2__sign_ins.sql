-- SPDX-License-Identifier: Apache-2.0

-- Browsers that are signed in. The token itself is only in the browser's cookie; without its key a sign-in is nothing.
create table sign_ins (
    hash       bytea       not null primary key,
    key_id     uuid        not null references api_keys (id),
    created_at timestamptz not null,
    expires_at timestamptz not null
);

create index sign_ins_of_key on sign_ins (key_id, created_at);
create index sign_ins_by_end on sign_ins (expires_at);
