# SPDX-License-Identifier: Apache-2.0
"""What gradients add up to, on two forks of one model: python losses.py <model> <its twin>"""

import asyncio
import json
import sys

from env import next_digit
from hud import Taskset, TrainingClient
from hud.agents import create_agent
from tokens import payload

GROUP = 4
RATE = {"learning_rate": 0.1}


async def batch(model, number):
    """Rollouts whose rewards differ for sure."""
    agent = create_agent(model, completion_kwargs={"max_tokens": 4, "extra_body": {"return_token_ids": True}})
    job = await Taskset("losses", [next_digit(number=number)]).run(agent, group=GROUP)
    return [payload(run, float(at % 2)) for at, run in enumerate(job.runs)]


async def likelihoods(trainer, inputs):
    return [datum.logprobs for datum in (await trainer.forward(inputs)).data]


async def main(model, twin):
    one, other = TrainingClient(model), TrainingClient(twin)
    first, second = await batch(model, 3), await batch(model, 5)
    report = {"losses": await one.available_losses()}

    await one.forward_backward(first, group_size=GROUP)
    await one.forward_backward(second, group_size=GROUP)
    await one.optim_step(**RATE)
    both = await other.forward_backward(first + second, group_size=GROUP, num_substeps=3)
    await other.optim_step(**RATE)
    report["datums"] = both.num_datums
    report["apart"], report["together"] = await likelihoods(one, first + second), await likelihoods(other, first + second)

    report["metrics"] = {}
    for loss in report["losses"]:
        result = await one.forward_backward(first, loss_fn=loss, group_size=GROUP)
        report["metrics"][loss] = result.metrics
    report["supervised"] = [
        (await one.forward_backward(first, loss_fn="cross_entropy")).metrics["loss:sum"],
        (await one.step(first, learning_rate=0.3, loss_fn="cross_entropy")) and 0,
        (await one.forward_backward(first, loss_fn="cross_entropy")).metrics["loss:sum"],
    ]

    # the gradient of minus the sum of what was sampled, as a framework of one's own would say it
    there = await other.forward(first, group_size=GROUP)
    own = await other.backward(there.forward_id, [datum.mask for datum in there.data], metrics={"mine": 4.5})
    await other.optim_step(learning_rate=0.3)
    report["own"] = own.metrics
    report["before"] = [datum.model_dump() for datum in there.data]
    report["after"] = await likelihoods(other, first)
    print("REPORT " + json.dumps(report))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
