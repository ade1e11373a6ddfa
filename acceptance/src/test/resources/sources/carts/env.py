# SPDX-License-Identifier: Apache-2.0
"""Four carts in one simulation, each with an agent of its own."""

from hud import Environment

env = Environment("carts")
sim = env.gym("CartPole-v1", contract=None, num_envs=4)


@env.template()
async def balance():
    episode = await sim.reset()
    yield {"prompt": "keep the pole up", "bindings": {"robot": {"token": episode["token"]}}}
    result = await sim.result(token=episode["token"])
    yield min(1.0, result["total_reward"] / 20)
