# SPDX-License-Identifier: Apache-2.0
"""A hosted rollout with a deadline: python hosted.py <taskset> <model> <seconds>"""

import asyncio
import json
import sys

from hud import HostedRuntime, Taskset
from hud.types import AgentType


async def main(name, model, seconds):
    agent = AgentType("openai_compatible").cls.load({"model": model, "max_steps": 3})
    taskset = Taskset.from_api(name)
    taskset = taskset.filter([next(iter(taskset.tasks))])
    job = await taskset.run(agent, runtime=HostedRuntime(poll_interval=0.5), rollout_timeout=float(seconds))
    run = job.runs[0]
    print(json.dumps({"trace": run.trace_id, "graded": not run.grade.is_error, "stop_reason": run.trace.stop_reason}, default=str))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
