-- SPDX-License-Identifier: Apache-2.0

-- How many of a call's attempts were given back: nobody was lost over these.
alter table call add column given_back int not null default 0;
