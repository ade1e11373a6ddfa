-- SPDX-License-Identifier: Apache-2.0

-- Why a version that was built to an image cannot run from its context, as processes; null: it can. Nobody looked at those that there are.
alter table versions add column not_as_process text;
update versions set not_as_process = 'it was built before that could be chosen: deploy it again' where image is not null;
