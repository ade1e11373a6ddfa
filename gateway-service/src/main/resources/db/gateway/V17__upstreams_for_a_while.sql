-- SPDX-License-Identifier: Apache-2.0

-- An upstream that is there only as long as somebody says so again and again: what a trainer elsewhere serves. Null: until it is taken
-- away.
alter table upstreams add column expires_at timestamptz;
create index upstreams_that_expire on upstreams (expires_at) where expires_at is not null;
