# SPDX-License-Identifier: Apache-2.0
"""CartPole with somebody watching: its state in two named parts, and a small picture of where the cart is."""

import gymnasium
import numpy as np
from hud import Environment


class Watched(gymnasium.ObservationWrapper):
    def __init__(self, env):
        super().__init__(env)
        self.action_space = gymnasium.spaces.Box(-1.0, 1.0, (1,), np.float32)
        self.observation_space = gymnasium.spaces.Dict({
            "state": env.observation_space,
            "front": gymnasium.spaces.Box(0, 255, (32, 33, 3), np.uint8),
        })

    def step(self, action):
        observation, *rest = self.env.step(int(action[0] > 0))
        return self.observation(observation), *rest

    def observation(self, observation):
        picture = np.full((32, 33, 3), 230, np.uint8)
        at = int(np.clip(16 + observation[0] * 6, 4, 28))
        picture[22:28, at - 4:at + 4] = (200, 40, 40)
        top = int(np.clip(at + observation[2] * 30, 0, 31))
        picture[6:22, min(at, top):max(at, top) + 2] = (40, 40, 200)
        return {"state": observation, "front": picture}


def watched():
    return Watched(gymnasium.make("CartPole-v1"))


env = Environment("watched")
sim = env.gym(watched, contract=None, fps=10)


@env.template()
async def balance(seed: int):
    episode = await sim.reset(seed=seed)
    yield {"prompt": "keep the pole up", "bindings": {"robot": {"token": episode["token"]}}}
    result = await sim.result(token=episode["token"])
    yield min(1.0, result["total_reward"] / 20)
