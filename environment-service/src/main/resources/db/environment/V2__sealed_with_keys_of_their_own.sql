-- What was sealed before names no key and was sealed with the services' shared secret, which there is no more: nobody can open it. The
-- variables must be deployed again.
update environments set variables = null where variables not like '%:%';
update builds set build_args = null where build_args not like '%:%';
