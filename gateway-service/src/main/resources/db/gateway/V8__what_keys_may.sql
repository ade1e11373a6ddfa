-- SPDX-License-Identifier: Apache-2.0

-- What a key may of what its user may, how long, and what came after it.
alter table api_keys
    add column scopes text[] not null default '{}' -- empty: all that its user may
        check (scopes <@ '{models,telemetry,read,write,admin}'),
    add column expires_at timestamptz,   -- null: never
    add column last_used_at timestamptz, -- to the minute or so; null: never
    add column replaced_by uuid references api_keys (id),
    add column recording text,           -- the recording of the calls made with it; null: none
    add column recording_mode text check (recording_mode in ('record', 'replay')),
    add check ((recording is null) = (recording_mode is null));

create index audit_of_object on audit (team_id, object_kind, object_id, id desc);
