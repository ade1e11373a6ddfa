# SPDX-License-Identifier: Apache-2.0
"""Sixteen rollouts in one container, four at a time: python shared.py <image>"""

import asyncio
import json
import subprocess
import sys

from counting import Three, banana, told
from hud import DockerRuntime, Taskset
from hud.eval import Shared

WIDTH = 4


class InStep(Three):
    """Answers once three others do the same: fewer at a time and nobody would ever answer."""

    def __init__(self, image):
        super().__init__()
        self.image = image
        self.together = asyncio.Barrier(WIDTH)
        self.now = self.most = 0
        self.containers = set()

    async def __call__(self, run):
        self.now += 1
        self.most = max(self.most, self.now)
        if await self.together.wait() == 0:
            self.containers.update(await asyncio.to_thread(running, self.image))
        await super().__call__(run)
        self.now -= 1


def running(image):
    listed = subprocess.run(["docker", "ps", "--quiet", "--filter", f"ancestor={image}"], capture_output=True, text=True, check=True)
    return listed.stdout.split()


async def main(image):
    agent = InStep(image)
    runs = []
    async with Shared(DockerRuntime(image), width=WIDTH) as runtime:
        for _ in range(2):
            job = await Taskset("shared", [banana()]).run(agent, runtime=runtime, group=8)
            runs += map(told, job.runs)
        left_warm = running(image)
    print("REPORT " + json.dumps({"runs": runs, "most": agent.most, "containers": len(agent.containers), "between": len(left_warm)}))


asyncio.run(main(*sys.argv[1:]))
