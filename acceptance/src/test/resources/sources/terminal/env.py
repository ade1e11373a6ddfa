# SPDX-License-Identifier: Apache-2.0
"""F2n: a workspace from which the gateway can be reached, and a server of tools, for agents that run inside it."""

import asyncio
import os
import socket
import tempfile
from pathlib import Path

from fastmcp import FastMCP
from hud import Environment
from hud.capabilities import Capability

env = Environment("terminal")
ROOM = Path(tempfile.gettempdir()) / f"terminal-{os.getpid()}"
env.workspace(ROOM, network=True)
words = FastMCP("words")
SERVING: list[asyncio.Task] = []


@words.tool
def shout(word: str) -> str:
    """Says a word louder."""
    return word.upper()


@env.initialize
async def serve():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    SERVING.append(asyncio.create_task(
        words.run_http_async(transport="http", host="127.0.0.1", port=port, path="/mcp", show_banner=False)))
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            break
        except OSError:
            await asyncio.sleep(0.05)
    env.add_capability(Capability.mcp(name="words", url=f"http://127.0.0.1:{port}/mcp", transport="streamable-http"))


@env.shutdown
async def end():
    for serving in SERVING:
        serving.cancel()


@env.template()
async def count_words(text: str):
    (ROOM / "instructions.txt").write_text(text + "\n")
    answer = yield "How many words does the file instructions.txt hold? Answer with the number alone."
    yield 1.0 if (answer or "").strip() == str(len(text.split())) else 0.0


@env.template()
async def ask(prompt: str):
    answer = yield prompt
    yield 1.0 if answer == "Done." else 0.0
