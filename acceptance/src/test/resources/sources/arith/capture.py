# SPDX-License-Identifier: Apache-2.0
"""What a model was asked and answered, token by token: python capture.py <model>"""

import asyncio
import json
import sys

from env import next_digit
from hud import Taskset
from hud.agents import create_agent
from hud.telemetry import flush
from tokens import samples
from walk import walk

TOLD = {"system_prompt": "Be brief."}


async def runs(model, task, **settings):
    agent = create_agent(model, completion_kwargs={"extra_body": {"return_token_ids": True}}, max_steps=4, **settings)
    job = await Taskset("capture", [task]).run(agent, group=8, max_concurrent=1)
    return [
        {
            "trace": run.trace_id,
            "turns": sum(step.source == "agent" for step in run.trace.steps),
            "samples": [sample.model_dump(exclude_none=True) for sample in samples(run)],
        }
        for run in job.runs
    ]


async def main(model):
    report = {
        "once": await runs(model, next_digit(number=3)),
        "once, told": await runs(model, next_digit(number=3), **TOLD),
        "walk": await runs(model, walk()),
        "walk, told": await runs(model, walk(), **TOLD),
    }
    await asyncio.to_thread(flush)
    print("REPORT " + json.dumps(report))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
