# SPDX-License-Identifier: Apache-2.0
"""The client's own robot agent with a scripted model drives all four at once: python run.py"""

import asyncio

import numpy as np
from env import balance
from hud import LocalRuntime, Taskset
from hud.agents.robot import Model, RobotAgent
from hud.eval import Shared


class Leaning(Model):
    def infer(self, batch):
        state = batch["data"]["obs"]
        return np.full((1, 1, 1), float(state[2] + state[3] > 0))


class Driver(RobotAgent):
    def __init__(self):
        super().__init__()
        self.model = Leaning()

    async def __call__(self, run):
        await super().__call__(run, max_steps=25)


async def main():
    job = await Taskset("carts", [balance()]).run(Driver(), runtime=Shared(LocalRuntime("env.py"), width=4), group=4)
    for run in job.runs:
        print(f"run {run.trace_id} {run.reward}", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
