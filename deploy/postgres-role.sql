-- SPDX-License-Identifier: Apache-2.0
-- The services' role: it owns their database and nothing else. Run once, when the database is made.
\getenv password ASSAY_DATABASE_PASSWORD
create role assay login nosuperuser nocreatedb nocreaterole password :'password';
alter database assay owner to assay;
