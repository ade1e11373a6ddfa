# SPDX-License-Identifier: Apache-2.0
"""What is refused, and what happens at once: python rails.py <model>"""

import asyncio
import json
import sys

from env import next_digit
from hud import Taskset, TrainingClient
from hud.agents import create_agent
from hud.train.types import TrajectoryPayload
from hud.utils.exceptions import HudRequestError
from losses import batch


async def refusal(awaitable):
    try:
        await awaitable
    except (ValueError, HudRequestError) as refused:
        return str(refused)
    return None


async def main(model):
    trainer = TrainingClient(model)
    agent = create_agent(model, completion_kwargs={"max_tokens": 4, "extra_body": {"return_token_ids": True}})
    runs = (await Taskset("rails", [next_digit(number=3), next_digit(number=5)]).run(agent, group=2)).runs
    report = {"nothing": await refusal(trainer.optim_step(learning_rate=0.1))}
    report["incomplete"] = await refusal(trainer.step(runs[:3], learning_rate=0.1, group_size=2))
    mixed = [runs[0], runs[2], runs[1], runs[3]]
    report["interleaved"] = await refusal(trainer.step(mixed, learning_rate=0.1, group_size=2))
    payloads = await batch(model, 3)
    flat = [TrajectoryPayload(samples=payload.samples, reward=0.5) for payload in payloads]
    report["flat"] = await refusal(trainer.step(flat, learning_rate=0.1))
    report["unknown"] = await refusal(trainer.step(payloads, learning_rate=0.1, loss_fn="hope"))

    made = await asyncio.gather(
        *(TrainingClient(model).step(payloads, learning_rate=rate) for rate in (0.1, 0.2, 0.3)), return_exceptions=True
    )
    report["together"] = [one.model_dump() if hasattr(one, "step") else str(one) for one in made]

    # whoever did not hear the answer asks again
    await trainer.forward_backward(payloads)
    report["twice"] = [(await trainer.optim_step(learning_rate=0.4)).model_dump() for _ in range(2)]
    print("REPORT " + json.dumps(report))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
