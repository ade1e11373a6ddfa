# SPDX-License-Identifier: Apache-2.0
"""A transformer learns to say digits, is compared with itself, pinned and sent back: python digits.py <model>"""

import asyncio
import json
import string
import sys

from hud import Environment, Job, Taskset, TrainingClient
from hud.agents import create_agent

GROUP = 16
LENGTH = 4
MOST = 15

env = Environment("digits")


@env.template()
async def digits():
    answer = yield "Say a digit."
    yield sum(character in string.digits for character in answer or "") / LENGTH


async def rollouts(model, job, group=GROUP, **settings):
    asked = {"max_tokens": LENGTH, "extra_body": {"return_token_ids": True}, **settings.pop("asked", {})}
    begun = len(job.runs)
    await Taskset("digits", [digits()]).run(create_agent(model, completion_kwargs=asked, **settings), group=group, job=job)
    return job.runs[begun:]


def mean(runs):
    return sum(run.reward for run in runs) / len(runs)


async def main(model):
    trainer = TrainingClient(model)
    job = await Job.start("digits", group=GROUP)

    async def says(checkpoint=None):
        return (await rollouts(model, job, group=1, checkpoint=checkpoint, asked={"temperature": 0}))[0].trace.content

    said, rewards, metrics = [await says()], [], []
    while len(rewards) < MOST and (not rewards or rewards[-1] < 0.8):
        runs = await rollouts(model, job)
        rewards.append(mean(runs))
        metrics.append((await trainer.forward_backward(runs, group_size=GROUP)).metrics)
        await trainer.optim_step(learning_rate=0.01)
        said.append(await says())
    fresh = await rollouts(model, job)
    rewards.append(mean(fresh))
    report = {"rewards": rewards, "metrics": metrics}
    report["apart"] = [
        abs(logprob - sampled)
        for datum in (await trainer.forward(fresh)).data
        for logprob, sampled, mask in zip(datum.logprobs, datum.sampling_logprobs, datum.mask, strict=True)
        if mask
    ]

    made = await trainer.checkpoints()
    report["said"] = said
    report["pinned"] = [await says(node.checkpoint_name) for node in made]
    await trainer.set_head(made[0].id)
    report["back"] = await says()
    await trainer.set_head(made[-1].id)
    report["forward"] = await says()
    print("REPORT " + json.dumps(report))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
