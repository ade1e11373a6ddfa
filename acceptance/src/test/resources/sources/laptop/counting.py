# SPDX-License-Identifier: Apache-2.0
"""An agent of one's own, and a task that it can do."""

from hud import Task
from hud.agents.base import Agent


class Three(Agent):
    async def __call__(self, run):
        run.trace.content = "3"


def banana(env="letter-count"):
    return Task(env=env, id="count_letter", args={"word": "banana", "letter": "a"})


def told(run):
    return {"reward": run.reward, "graded": not run.grade.is_error, "status": run.trace.status, "trace": run.trace_id, "url": run.runtime}
