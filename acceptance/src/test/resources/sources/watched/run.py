# SPDX-License-Identifier: Apache-2.0
"""The client's own robot agent with a policy that is served: python run.py <host> <port>"""

import asyncio
import sys

from env import balance
from hud import LocalRuntime, Taskset
from hud.agents.robot import OpenPIAdapter, RemoteModel, RobotAgent


class Driver(RobotAgent):
    def __init__(self, host, port):
        super().__init__()
        self.model = RemoteModel(host, port)
        self.adapter = OpenPIAdapter(chunk_size=2)

    async def __call__(self, run):
        await super().__call__(run, max_steps=25)


async def main(host, port):
    job = await Taskset("watched", [balance(seed=7)]).run(Driver(host, int(port)), runtime=LocalRuntime("env.py"))
    print(f"run {job.runs[0].trace_id} {job.runs[0].reward}", flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
