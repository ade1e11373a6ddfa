# SPDX-License-Identifier: Apache-2.0
"""Runs the task that is called like an agent with that agent, at a place: python places.py <agent>=<model>@<here, hosted or tunnel> …"""

import asyncio
import json
import re
import sys

from hud import HostedRuntime, HUDRuntime, LocalRuntime, Taskset
from hud.types import AgentType

PLACES = {
    "here": lambda: LocalRuntime("env.py"),
    "hosted": lambda: HostedRuntime(poll_interval=0.5),
    "tunnel": HUDRuntime,
}


async def main(wanted):
    tasks = Taskset.from_file("tasks.py")
    few = asyncio.Semaphore(4)

    async def run(one):
        agent, model, place = re.fullmatch("(.*)=(.*)@(.*)", one).groups()
        async with few:
            job = await tasks.filter([agent]).run(AgentType(agent).cls.load({"model": model}), runtime=PLACES[place]())
        return {"trace": job.runs[0].trace_id, "reward": job.runs[0].reward}

    print(json.dumps(dict(zip(wanted, await asyncio.gather(*map(run, wanted))))))


asyncio.run(main(sys.argv[1:]))
