# SPDX-License-Identifier: Apache-2.0
"""Rows that name a Compose project: python composed.py <rows> <slug>..."""

import asyncio
import json
import sys

from hud import DockerRuntime, Taskset
from hud.agents.base import Agent
from hud.utils.docker import docker


class Three(Agent):
    """Answers, and looks meanwhile which services run."""

    services = set()

    async def __call__(self, run):
        listed, _ = await docker("ps", "--all", "--filter", "label=com.docker.compose.project.working_dir",
                                 "--format", '{{.Label "com.docker.compose.project"}} {{.Label "com.docker.compose.service"}}')
        self.services.update(line.split()[1] for line in listed.splitlines() if line.startswith("hud-"))
        run.trace.content = "3"


async def main(rows, *slugs):
    job = await Taskset.from_file(rows).filter(slugs).run(Three(), runtime=DockerRuntime())
    runs = {run.slug: {"reward": run.reward, "graded": not run.grade.is_error, "status": run.trace.status} for run in job.runs}
    print("REPORT " + json.dumps({"runs": runs, "services": sorted(Three.services)}))


asyncio.run(main(*sys.argv[1:]))
