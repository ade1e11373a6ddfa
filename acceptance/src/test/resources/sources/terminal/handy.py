# SPDX-License-Identifier: Apache-2.0
"""An agent of one's own, here, in environments that are elsewhere: it opens their shell and their tools."""

import asyncio
import json
import warnings

from env import count_words
from hud import HUDRuntime, RuntimeConfig, Taskset
from hud.agents.base import Agent


class Handy(Agent):
    said = None

    async def __call__(self, run):
        shell, tools = await asyncio.gather(run.client.open("ssh"), run.client.open("mcp"))
        counted, said = await asyncio.gather(shell.run("wc -w < instructions.txt"), tools.call_tool("shout", {"word": "four"}))
        Handy.said = said.content[0].text
        run.trace.content = counted.stdout.strip()


async def outcome(**resources):
    task = count_words(text="one two three four")
    if resources:
        task.runtime_config = RuntimeConfig.model_validate({"resources": resources})
    with warnings.catch_warnings(record=True):
        job = await Taskset("handy", [task]).run(Handy(), runtime=HUDRuntime())
    run = job.runs[0]
    return {"reward": run.reward, "graded": not run.grade.is_error, "error": str(run.trace.error)}


async def main():
    report = {"plain": await outcome(), "said": Handy.said, "modest": await outcome(cpu=1, memory_mb=512)}
    try:
        report["gpu"] = await outcome(gpu={"count": 1})
    except Exception as refused:
        report["gpu"] = {"graded": False, "error": str(refused)}
    print("REPORT " + json.dumps(report, default=str))


asyncio.run(main())
