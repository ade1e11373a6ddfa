# SPDX-License-Identifier: Apache-2.0
"""Rollouts, rewards, a step, again, until it is learnt: python learn.py <slug> <display name>"""

import asyncio
import json
import sys

from env import next_digit
from hud import Job, Taskset, TrainingClient
from hud.agents import create_agent

GROUP = 16
MOST = 20


async def main(slug, name):
    agent = create_agent(slug, completion_kwargs={"max_tokens": 4, "extra_body": {"return_token_ids": True}})
    trainer = TrainingClient(name)
    taskset = Taskset("arith", [next_digit(number=number) for number in (2, 5)])
    job = await Job.start("learning", group=GROUP)
    rewards = []
    while len(rewards) < MOST and min(rewards[-2:], default=0) < 0.9:
        await taskset.run(agent, group=GROUP, job=job)
        runs = job.runs[-2 * GROUP :]
        rewards.append(sum(run.reward for run in runs) / len(runs))
        batch = await trainer.forward_backward(runs, group_size=GROUP)
        told = {"reward": rewards[-1], "datums": batch.num_datums}
        if batch.metrics["groups_with_spread"]:
            told |= (await trainer.optim_step(learning_rate=0.5)).model_dump()
        print("STEP " + json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
