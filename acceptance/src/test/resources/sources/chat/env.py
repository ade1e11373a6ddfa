# SPDX-License-Identifier: Apache-2.0
"""An assistant: whatever was said so far is its prompt."""

from hud import Environment

env = Environment("chat")


@env.template()
async def assistant(messages: list):
    answer = yield messages
    yield 1.0 if answer else 0.0
