# SPDX-License-Identifier: Apache-2.0
"""Two rollouts, each in a container of its own: python contained.py <image> <environment>"""

import asyncio
import json
import sys

from counting import Three, banana, told
from hud import DockerRuntime, Taskset


async def main(image, env):
    job = await Taskset("contained", [banana(env)]).run(Three(), runtime=DockerRuntime(image), group=2)
    print("REPORT " + json.dumps([told(run) for run in job.runs]))


asyncio.run(main(*sys.argv[1:]))
