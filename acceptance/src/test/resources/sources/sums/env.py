# SPDX-License-Identifier: Apache-2.0
"""Arithmetic: sums whose answer is one digit, for a model that begins by guessing."""

from hud import Environment

env = Environment("sums")


@env.template()
async def add(a: int, b: int):
    """Say what two numbers are together."""
    answer = yield f"What is {a} + {b}? Answer with one digit."
    yield 1.0 if (answer or "").strip() == str(a + b) else 0.0
