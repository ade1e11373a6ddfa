# SPDX-License-Identifier: Apache-2.0
"""Runs the taskset of this folder with the agents that are named."""

import asyncio
import json
import sys

from hud import LocalRuntime, Taskset
from hud.agents import create_agent


async def main(models):
    report = {}
    for model in models:
        name, _, chosen = model.partition("=")
        agent = create_agent(name, model=chosen) if chosen else create_agent(name)
        job = await Taskset.from_file("tasks.py").run(agent, runtime=LocalRuntime("env.py"))
        report[model] = {"reward": job.reward, "slugs": sorted(job.results), "job": job.id}
    print(json.dumps(report))


asyncio.run(main(sys.argv[1:]))
