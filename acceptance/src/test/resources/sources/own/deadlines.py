# SPDX-License-Identifier: Apache-2.0
"""An agent that sleeps, under deadlines of three kinds."""

import asyncio
import json
import time

from env import double
from hud import LocalRuntime, Taskset
from hud.agents.base import Agent


class Sleeper(Agent):
    async def __call__(self, run):
        run.trace.content = "42"
        await asyncio.sleep(120)


def task(**config):
    made = double(number=21)
    if config:
        made.agent_config = config
    return made


async def outcome(tasks, **limits):
    begun = time.monotonic()
    job = await Taskset("deadlines", tasks).run(Sleeper(), runtime=LocalRuntime("env.py"), **limits)
    run = job.runs[0]
    return {
        "trace": run.trace_id,
        "graded": not run.grade.is_error,
        "reward": run.reward,
        "status": run.trace.status,
        "stop_reason": run.trace.stop_reason,
        "seconds": time.monotonic() - begun,
    }


async def main():
    report = {"agent": await outcome([task(timeout_seconds=1)]), "rollout": await outcome([task()], rollout_timeout=2)}
    try:
        await outcome([task(timeout_seconds=1)], rollout_timeout=0.5)
    except ValueError as refused:
        report["refused"] = str(refused)
    print(json.dumps(report, default=str))


if __name__ == "__main__":
    asyncio.run(main())
