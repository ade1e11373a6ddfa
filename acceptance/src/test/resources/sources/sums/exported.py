# SPDX-License-Identifier: Apache-2.0
"""A finished job for other stacks, and what the training service makes of its runs: python exported.py <model>"""

import asyncio
import json
import sys

from hud import Job, Taskset, TrainingClient
from hud.agents import create_agent
from hud.telemetry import flush
from tasks import tasks

GROUP = 4


def sampled(run):
    samples = [step.sample for step in run.trace.steps if getattr(step, "sample", None)]
    return samples[-1].prompt_token_ids + samples[-1].output_token_ids


async def main(model):
    agent = create_agent(model, completion_kwargs={"max_tokens": 4, "extra_body": {"return_token_ids": True}})
    job = await Job.start("for others", group=GROUP)
    await Taskset("sums", tasks).run(agent, group=GROUP, job=job)
    await asyncio.to_thread(flush)
    told = await TrainingClient(model).forward(job.runs, group_size=GROUP)
    report = {
        "job": job.id,
        "runs": [run.trace_id for run in job.runs],
        "rewards": [run.reward for run in job.runs],
        "tokens": [sampled(run) for run in job.runs],
        "datums": [datum.model_dump() for datum in told.data],
    }
    print("REPORT " + json.dumps(report))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
