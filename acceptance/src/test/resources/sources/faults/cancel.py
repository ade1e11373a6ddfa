# SPDX-License-Identifier: Apache-2.0
"""A rollout that is cut in the middle of a call: python cancel.py slowgrade|slowstart <mark> [tcp://…]"""

import asyncio
import json
import sys
import time

from env import slowgrade, slowstart
from hud import Runtime, SubprocessRuntime, Taskset
from hud.agents.base import Agent


class Silent(Agent):
    async def __call__(self, run):
        run.trace.content = "anything"


async def main(template, mark, url=None):
    runtime = Runtime(url) if url else SubprocessRuntime("env.py")
    task = {"slowgrade": slowgrade, "slowstart": slowstart}[template](mark=mark)
    begun = time.monotonic()
    job = await Taskset("cut", [task]).run(Silent(), runtime=runtime, rollout_timeout=20)
    run = job.runs[0]
    print(
        json.dumps(
            {
                "status": run.trace.status,
                "stop_reason": run.trace.stop_reason,
                "graded": not run.grade.is_error,
                "seconds": time.monotonic() - begun,
            },
            default=str,
        )
    )


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
