# SPDX-License-Identifier: Apache-2.0
"""F11: answers of one digit, for a model that begins by guessing."""

from hud import Environment

env = Environment("arith")


@env.template()
async def next_digit(number: int):
    answer = yield f"Which digit comes after {number}?"
    yield 1.0 if (answer or "").strip() == str((number + 1) % 10) else 0.0
