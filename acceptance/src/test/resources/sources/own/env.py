# SPDX-License-Identifier: Apache-2.0
"""A template whose answer is a number, not a text."""

from hud import Environment

env = Environment("own")


@env.template(returns=int)
async def double(number: int):
    answer = yield f"What is twice {number}?"
    yield 1.0 if answer.content == 2 * number else 0.0
