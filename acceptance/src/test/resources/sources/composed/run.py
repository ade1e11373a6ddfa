# SPDX-License-Identifier: Apache-2.0
import asyncio
import json

from env import composed
from hud import LocalRuntime, Taskset
from hud.agents.base import Agent


class Silent(Agent):
    async def __call__(self, run):
        run.trace.content = "anything"


async def main():
    job = await Taskset("composed", [composed()]).run(Silent(), runtime=LocalRuntime("env.py"))
    print(json.dumps({"reward": job.reward, "trace": job.runs[0].trace_id, "job": job.id}))


if __name__ == "__main__":
    asyncio.run(main())
