# SPDX-License-Identifier: Apache-2.0
"""Two turns of one conversation; then a second conversation that goes on where the first was saved."""

import asyncio
import json
import sys

from env import assistant
from hud import Chat, LocalRuntime
from hud.agents import create_agent


async def main(model, name):
    chat = Chat(assistant(messages=[]), create_agent(model), runtime=LocalRuntime("env.py"))
    first = await chat.send(f"My name is {name}.")
    second = await chat.send("What is my name?")
    restored = Chat(assistant(messages=[]), create_agent(model), runtime=LocalRuntime("env.py"))
    restored.messages = json.loads(json.dumps(chat.messages))
    third = await restored.send("What is my name?")
    print(json.dumps({"said": [turn.content for turn in (first, second, third)], "job": chat.job.id, "other_job": restored.job.id}))


asyncio.run(main(*sys.argv[1:]))
