# SPDX-License-Identifier: Apache-2.0
"""A model is taught one answer, then another, and is sent back: python branch.py <model>"""

import asyncio
import json
import sys

from env import next_digit
from hud import Taskset, TrainingClient
from hud.agents import create_agent
from hud.train.types import TrajectoryPayload, TrajectorySample
from tokens import samples

TASK = next_digit(number=3)


class Pupil:
    def __init__(self, model):
        self.model = model
        self.trainer = TrainingClient(model)

    async def run(self, checkpoint=None):
        asked = {"temperature": 0, "max_tokens": 4, "extra_body": {"return_token_ids": True}}
        agent = create_agent(self.model, completion_kwargs=asked, checkpoint=checkpoint)
        return (await Taskset("branch", [TASK]).run(agent)).runs[0]

    async def says(self, checkpoint=None):
        return (await self.run(checkpoint)).trace.content

    async def learns(self, digit):
        """Until it says so."""
        for _ in range(20):
            prompt = samples(await self.run())[0].prompt_token_ids
            sample = TrajectorySample(prompt_token_ids=prompt, output_token_ids=[ord(digit)])
            made = await self.trainer.step(
                [TrajectoryPayload(samples=[sample], reward=1.0)], learning_rate=1.0, loss_fn="cross_entropy"
            )
            if (await self.says() or "").startswith(digit):
                return made
        raise AssertionError(f"it does not learn to say {digit}")


async def main(model):
    pupil = Pupil(model)
    report = {}
    one = await pupil.learns("7")
    other = await pupil.learns("2")
    names = {node.id: node.checkpoint_name for node in await pupil.trainer.checkpoints()}
    await pupil.trainer.set_head(one.checkpoint_id)
    await pupil.trainer.set_head(one.checkpoint_id)
    report["back"] = await pupil.says()
    report["pinned"] = await pupil.says(names[other.checkpoint_id])
    report["head"] = (await pupil.trainer.head()).id
    branch = await pupil.learns("5")
    report["branch"] = await pupil.says()
    report |= {"one": one.model_dump(), "other": other.model_dump(), "last": branch.model_dump()}
    report["tree"] = [node.model_dump() for node in await pupil.trainer.checkpoints()]
    print("REPORT " + json.dumps(report))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
