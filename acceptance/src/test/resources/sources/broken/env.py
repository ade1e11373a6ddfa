# SPDX-License-Identifier: Apache-2.0
"""An environment that does not come up."""

from hud import Environment

env = Environment("broken")


@env.initialize
async def fail() -> None:
    raise RuntimeError("there is no database")


@env.template()
async def ok():
    yield "Say anything."
    yield 1.0
