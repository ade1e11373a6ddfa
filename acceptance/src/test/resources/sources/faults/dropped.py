# SPDX-License-Identifier: Apache-2.0
"""A rollout on a hosted environment whose tunnel drops in the middle of a grade: python dropped.py"""

import asyncio
import json
from urllib.parse import urlsplit

from env import slowgrade
from hud import HUDRuntime, Taskset
from hud.agents.base import Agent
from hud.settings import settings


class Line:
    """What lies between the client and the platform, until it breaks. What is dialled afterwards gets through again."""

    def __init__(self):
        self.platform = urlsplit(settings.hud_runtime_url)
        self.open = []

    async def carry(self, here, back):
        there, on = await asyncio.open_connection(self.platform.hostname, self.platform.port)
        self.open += [back, on]
        await asyncio.gather(copy(here, on), copy(there, back), return_exceptions=True)

    def drop(self):
        for end in self.open:
            end.transport.abort()
        self.open.clear()


async def copy(source, target):
    try:
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    finally:
        target.close()


class Dropping(Agent):
    def __init__(self, line):
        super().__init__()
        self.line = line

    async def __call__(self, run):
        run.trace.content = "anything"
        asyncio.get_running_loop().call_later(10, self.line.drop)


async def main():
    line = Line()
    server = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    runtime = HUDRuntime(runtime_url="http://127.0.0.1:%d" % server.sockets[0].getsockname()[1])
    task = slowgrade(mark="mark.txt")
    job = await Taskset("dropped", [task]).run(Dropping(line), runtime=runtime, rollout_timeout=300.0)
    trace = job.runs[0].trace
    print(json.dumps({"status": trace.status, "errors": [step.error for step in trace.steps if step.error]}))


if __name__ == "__main__":
    asyncio.run(main())
