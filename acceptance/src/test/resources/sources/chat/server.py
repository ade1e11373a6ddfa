# SPDX-License-Identifier: Apache-2.0
"""A server with a conversation for each context: a line of JSON {"context", "text"} is answered with {"said", "job"}."""

import asyncio
import json
import sys

from env import assistant
from hud import Chat, LocalRuntime
from hud.agents import create_agent

CHATS: dict[str, Chat] = {}


async def main(model):
    agent = create_agent(model)

    async def serve(reader, writer):
        async for line in reader:
            asked = json.loads(line)
            chat = CHATS.get(asked["context"])
            if chat is None:
                chat = CHATS[asked["context"]] = Chat(assistant(messages=[]), agent, runtime=LocalRuntime("env.py"))
            said = await chat.send(asked["text"])
            writer.write(json.dumps({"said": said.content, "job": chat.job.id}).encode() + b"\n")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print("listening at", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
