# SPDX-License-Identifier: Apache-2.0
"""F8 by an agent of one's own, every environment in this process."""

import asyncio
import json
import os
import tempfile
from pathlib import Path

os.environ["EVENTS"] = str(Path(tempfile.mkdtemp()) / "events")

from hud import LocalRuntime, Task, Taskset
from hud.agents.base import Agent

SOURCES = {"pair": LocalRuntime("env.py"), "judge": LocalRuntime("judge/env.py")}


class Three(Agent):
    async def __call__(self, run):
        run.trace.content = "3"


class Failing(Three):
    async def __call__(self, run):
        await super().__call__(run)
        raise RuntimeError("the agent gave up")


async def outcome(verifier, agent):
    task = Task(env="pair", id="count", verifier=verifier)
    job = await Taskset("verified", [task]).run(agent, runtime=lambda row: SOURCES[row.env](row))
    run = job.runs[0]
    return {"reward": run.reward, "graded": not run.grade.is_error, "status": run.trace.status, "trace": run.trace_id}


async def main():
    report = {"beside": await outcome(Task(env="pair", id="check"), Three())}
    Path(os.environ["EVENTS"]).unlink()
    report["apart"] = await outcome(Task(env="judge", id="judge"), Three())
    report["events"] = Path(os.environ["EVENTS"]).read_text().splitlines()
    report["raised"] = await outcome(Task(env="judge", id="judge"), Failing())
    report["lost"] = await outcome(Task(env="judge", id="lost"), Three())
    print(json.dumps(report))


asyncio.run(main())
