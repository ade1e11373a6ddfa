-- SPDX-License-Identifier: Apache-2.0
-- Which checkpoint of a model that is trained here answered a call; null: its first weights, or no such model.
alter table calls add column checkpoint text;
