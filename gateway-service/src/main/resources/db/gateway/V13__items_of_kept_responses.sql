-- SPDX-License-Identifier: Apache-2.0

-- The ids of what a response consists of: a later call may name one of them instead of saying it again.
alter table kept_responses add column items text[] not null default '{}';

create index kept_responses_of_items on kept_responses using gin (items);
