# SPDX-License-Identifier: Apache-2.0
"""F7: templates that go wrong in every way that there is."""

import asyncio
from pathlib import Path

from hud import Environment
from hud.graders import EvaluationResult

env = Environment("faults")


@env.template()
async def ok():
    yield "Say anything."
    yield 1.0


@env.template()
async def badstart():
    raise RuntimeError("the start is bad")
    yield "never"


@env.template()
async def badgrade():
    yield "Say anything."
    raise RuntimeError("the grade is bad")


@env.template()
async def nan():
    yield "Say anything."
    yield float("nan")


@env.template()
async def iserror():
    yield "Say anything."
    yield EvaluationResult(reward=0.5, isError=True, content="the grader could not tell")


@env.template()
async def slowstart(mark: str):
    try:
        await asyncio.sleep(600)
        yield "Say anything."
        yield 1.0
    finally:
        Path(mark).write_text("slowstart ended")


@env.template()
async def slowgrade(mark: str):
    yield "Say anything."
    Path(mark + ".begun").write_text("slowgrade begun")
    try:
        await asyncio.sleep(600)
        yield 1.0
    finally:
        Path(mark).write_text("slowgrade ended")
