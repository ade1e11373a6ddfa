# SPDX-License-Identifier: Apache-2.0
"""An agent of one's own, that records its own steps."""

import asyncio
import json

from env import double
from hud import LocalRuntime, Taskset
from hud.agents.base import Agent
from hud.agents.types import AgentStep


class Doubler(Agent):
    async def __call__(self, run):
        run.record(AgentStep(content="I double it in my head.", done=True))
        run.trace.content = "42"


async def main():
    job = await Taskset("own", [double(number=21)]).run(Doubler(), runtime=LocalRuntime("env.py"))
    print(json.dumps({"reward": job.reward, "trace": job.runs[0].trace_id, "job": job.id}))


if __name__ == "__main__":
    asyncio.run(main())
