# SPDX-License-Identifier: Apache-2.0
"""From rewards to a better model: python learn.py <model> [steps]

Rollouts of every task, a step of training on what they were worth, again; then back to an earlier checkpoint.
"""

import asyncio
import logging
import sys
import time

from hud import Job, Taskset, TrainingClient
from hud.agents import create_agent
from tasks import tasks

GROUP = 8
LEARNING_RATE = 0.3
WIDTH = 40

# Until Python 3.12, asyncio complains of each connection that ends with the environment at its other end.
logging.getLogger("asyncio").setLevel(logging.CRITICAL)


async def rollouts(model: str, job: Job):
    """One group of each task, by the model as it is now."""
    agent = create_agent(model, completion_kwargs={"max_tokens": 4, "extra_body": {"return_token_ids": True}})
    begun = len(job.runs)
    await Taskset("arithmetic", tasks).run(agent, group=GROUP, job=job)
    return job.runs[begun:]


def mean(runs) -> float:
    return sum(run.reward for run in runs) / len(runs)


def agree(runs) -> bool:
    return all(len({run.reward for run in runs[at : at + GROUP]}) == 1 for at in range(0, len(runs), GROUP))


def show(label: str, reward: float) -> None:
    print(f"      {label:<9}{reward:5.2f}  {'█' * round(reward * WIDTH)}", flush=True)


async def main(model: str, steps: int = 20) -> None:
    began = time.monotonic()
    trainer = TrainingClient(model)
    job = await Job.start(f"{model} learns arithmetic", group=GROUP)
    made = 0
    while made < steps:
        runs = await rollouts(model, job)
        if agree(runs):
            print("      all groups agree with themselves: there is nothing left to learn from")
            break
        made = (await trainer.step(runs, learning_rate=LEARNING_RATE, group_size=GROUP)).step
        show(f"step {made}", mean(runs))
    show("now", mean(await rollouts(model, job)))

    first = (await trainer.checkpoints())[0]
    head = await trainer.head()
    await trainer.set_head(first.id)
    show("rolled", mean(await rollouts(model, job)))
    await trainer.set_head(head.id)
    show("forward", mean(await rollouts(model, job)))
    print(f"      {len(job.runs)} rollouts and {len(await trainer.checkpoints())} steps in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:])))
