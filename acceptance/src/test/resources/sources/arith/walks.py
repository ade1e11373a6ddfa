# SPDX-License-Identifier: Apache-2.0
"""A model learns which tool call is right, also from walks that nobody took: python walks.py <model>"""

import asyncio
import json
import sys

from hud import Job, Taskset, TrainingClient
from hud.agents import create_agent
from tokens import payload
from walk import walk

GROUP = 12


async def main(model):
    agent = create_agent(model, completion_kwargs={"max_tokens": 4, "extra_body": {"return_token_ids": True}}, max_steps=4)
    trainer = TrainingClient(model)
    job = await Job.start("walks", group=GROUP)
    for _ in range(5):
        begun = len(job.runs)
        await Taskset("walks", [walk()]).run(agent, group=GROUP, job=job, max_concurrent=1)
        runs = job.runs[begun:]
        batch = await trainer.forward_backward(runs, group_size=GROUP)
        reward = sum(run.reward for run in runs) / len(runs)
        told = {"reward": reward, "datums": batch.num_datums}
        if batch.metrics.get("groups_with_spread"):
            told["step"] = (await trainer.optim_step(learning_rate=0.5)).step
        print("STEP " + json.dumps(told), flush=True)
    # as of a game with two sides: what one wins the other loses
    pairs = [side for run in job.runs[:4] for side in (run, payload(run, 1.0 - run.reward))]
    batch = await trainer.forward_backward(pairs, group_size=2, loss_fn="ppo")
    print("PAIRS " + json.dumps(batch.model_dump()), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
