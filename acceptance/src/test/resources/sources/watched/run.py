# SPDX-License-Identifier: Apache-2.0
"""The client's own robot agent: python run.py <host> <port> asks a served policy, python run.py a scripted one for four carts at once."""

import asyncio
import sys

import numpy as np
from hud import LocalRuntime, Taskset
from hud.agents.robot import Model, OpenPIAdapter, RemoteModel, RobotAgent
from hud.eval import Shared


class Leaning(Model):
    def infer(self, batch):
        state = batch["data"]["obs"]
        return np.full((1, 1, 1), float(state[2] + state[3] > 0))


class Driver(RobotAgent):
    def __init__(self, model, adapter):
        super().__init__()
        self.model, self.adapter = model, adapter

    async def __call__(self, run):
        await super().__call__(run, max_steps=25)


async def main(*policy):
    if policy:
        from env import balance

        agent = Driver(RemoteModel(policy[0], int(policy[1])), OpenPIAdapter(chunk_size=2))
        job = await Taskset("watched", [balance(seed=7)]).run(agent, runtime=LocalRuntime("env.py"))
    else:
        from carts import balance

        agent = Driver(Leaning(), None)
        job = await Taskset("carts", [balance()]).run(agent, runtime=Shared(LocalRuntime("carts.py"), width=4), group=4)
    for run in job.runs:
        print(f"run {run.trace_id} {run.reward}", flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
