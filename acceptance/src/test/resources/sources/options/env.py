# SPDX-License-Identifier: Apache-2.0
"""What an environment was deployed with, as it sees it itself."""

import asyncio
import os

from hud import Environment

env = Environment("options")


@env.template()
async def deployed_with(expected: dict):
    yield "Say anything."
    yield 1.0 if {name: os.environ.get(name) for name in expected} == expected else 0.0


@env.template()
async def endless():
    yield "Say anything."
    await asyncio.sleep(3600)
    yield 1.0
