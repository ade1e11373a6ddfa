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
        job = await Taskset.from_file("tasks.py").run(create_agent(model), runtime=LocalRuntime("env.py"))
        report[model] = {"reward": job.reward, "slugs": sorted(job.results), "job": job.id}
    print(json.dumps(report))


asyncio.run(main(sys.argv[1:]))
