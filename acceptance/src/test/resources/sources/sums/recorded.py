# SPDX-License-Identifier: Apache-2.0
"""What is learnt of runs by their ids: python recorded.py <model> <the id of somebody else's run>"""

import asyncio
import json
import sys
import uuid

from hud import HostedRuntime, Taskset, TrainingClient
from hud.agents import create_agent
from hud.telemetry import flush
from hud.utils.exceptions import HudRequestError
from tasks import tasks

GROUP = 4


async def refusal(awaitable):
    try:
        await awaitable
    except HudRequestError as refused:
        return str(refused)
    return None


async def main(model, foreign):
    agent = create_agent(model, completion_kwargs={"max_tokens": 4, "extra_body": {"return_token_ids": True}})
    trainer = TrainingClient(model)
    report = {}

    here = (await Taskset("sums", tasks).run(agent, group=GROUP)).runs
    await asyncio.to_thread(flush)
    ids = [run.trace_id for run in here]
    tensors = [await trainer.forward(inputs, group_size=GROUP) for inputs in (here, ids)]
    report["inline"], report["recorded"] = [[datum.model_dump() for datum in one.data] for one in tensors]

    taskset = await asyncio.to_thread(Taskset.from_api, "sums")
    hosted = (await taskset.run(agent, group=GROUP, runtime=HostedRuntime(poll_interval=0.5))).runs
    report["hosted"] = [run.trace_id for run in hosted]
    report["samples here"] = sum(bool(getattr(step, "sample", None)) for run in hosted for step in run.trace.steps)
    both = [run.trace_id for run in hosted] + list(here)
    batch = await trainer.forward_backward(both, group_size=GROUP, loss_fn="cross_entropy")
    report["datums"] = batch.num_datums
    report["step"] = (await trainer.optim_step(learning_rate=0.1)).step

    report["unknown"] = await refusal(trainer.forward([uuid.uuid4().hex]))
    report["mixed"] = await refusal(trainer.forward(ids[0::2] + ids[1::2], group_size=GROUP))
    report["foreign"] = await refusal(trainer.forward([foreign]))
    bare = create_agent(model, completion_kwargs={"max_tokens": 4})
    run = (await Taskset("sums", tasks[:1]).run(bare)).runs[0]
    await asyncio.to_thread(flush)
    report["without tokens"] = await refusal(trainer.forward([run.trace_id]))
    print("REPORT " + json.dumps(report))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
