-- SPDX-License-Identifier: Apache-2.0

-- At which service tier whoever answered served a call; null: the usual one.
alter table calls add column service_tier text;

-- What calls used at other upstreams than the one that they are booked under, by their `tries`: given to those, and taken from that one. Of a
-- call whose cost is not known no part is in any sum; it counts once as one of those, at the first upstream whose price is missing.
create view calls_elsewhere as
select calls.id, at, team_id, key_id, user_id, run_id, job_id, model, side.upstream,
    side.sign * (part ->> 'input_tokens')::bigint as input,
    side.sign * coalesce((part ->> 'cached_tokens')::bigint, 0) as cached,
    side.sign * coalesce((part ->> 'output_tokens')::bigint, 0) as output,
    side.sign * coalesce((part ->> 'reasoning_tokens')::bigint, 0) as reasoning,
    case when cost_nanos is null then 0
        else side.sign * coalesce(((part ->> 'cost_usd')::numeric * 1000000000)::bigint, 0) end as cost_nanos,
    case when cost_nanos is null and n = (
            select min(number) from jsonb_array_elements(tries) with ordinality as missing(one, number)
            where one ? 'input_tokens' and not one ? 'cost_usd')
        then side.sign else 0 end as unpriced
from calls
cross join lateral jsonb_array_elements(tries) with ordinality as parts(part, n)
cross join lateral (values (calls.upstream, -1), (part ->> 'upstream', 1)) as side(upstream, sign)
where tries is not null and part ? 'input_tokens' and part ->> 'upstream' <> calls.upstream;

-- Calls as they are added up: each where it was answered, and what it used elsewhere there.
create view call_shares as
select id, at, team_id, key_id, user_id, run_id, job_id, model, upstream, 1 as calls, (ending <> 'done')::integer as errors,
    coalesce(input, 0) as input, coalesce(cached, 0) as cached, coalesce(output, 0) as output, coalesce(reasoning, 0) as reasoning,
    coalesce(cost_nanos, 0) as cost_nanos, (cost_nanos is null)::integer as unpriced, estimated::integer as estimated,
    coalesce(first_ms, 0) as first_ms, (first_ms is not null)::integer as first_of, total_ms
from calls
union all
select id, at, team_id, key_id, user_id, run_id, job_id, model, upstream, 0, 0, input, cached, output, reasoning, cost_nanos, unpriced, 0,
    0::bigint, 0, 0::bigint
from calls_elsewhere;

-- Few calls were tried more than once: who looks for what they used elsewhere does not read all the others.
create index calls_tried on calls (team_id, at) where tries is not null;
