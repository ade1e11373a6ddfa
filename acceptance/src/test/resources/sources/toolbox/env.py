# SPDX-License-Identifier: Apache-2.0
"""F5: servers of tools of the environment's own, by both transports; one of their tools asks a specialist, which is a run of its own."""

import asyncio
import secrets
import socket

from fastmcp import FastMCP
from fastmcp.utilities.types import Image
from hud import Environment
from hud.capabilities import Capability
from hud.capabilities.mcp import get_mcp_trace_id

WORD = secrets.token_hex(4)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)

RUNNING: list[asyncio.Task] = []

env = Environment("toolbox")
words = FastMCP("words")
pictures = FastMCP("pictures")


@words.tool
def say_word(times: int) -> str:
    """Says the secret word that often."""
    return " ".join([WORD] * times)


@words.tool
def who_asks() -> str:
    """Tells whose run this is."""
    return f"run {get_mcp_trace_id()}"


@words.tool
async def ask_specialist(word: str) -> str:
    """Has a specialist count the letters a of a word."""
    from hud.agents import OpenAIChatAgent
    from hud.eval import LocalRuntime, rollout
    from hud.telemetry import flush

    # by its class: where the run's own key is all there is, there is no catalog to look a model up in, and no other model
    specialist = OpenAIChatAgent.load({"model": "scripted/toolbox"})
    run = await rollout(count(word=word), specialist, runtime=LocalRuntime(__file__))
    await asyncio.to_thread(flush)  # the sandbox ends with the run that asks
    return f"the specialist's answer: {run.trace.content}, reward {run.reward}"


@pictures.tool
def show() -> Image:
    """Shows a pixel."""
    return Image(data=PIXEL, format="png")


@env.initialize
async def serve():
    for name, server, transport, path in (("words", words, "http", "/mcp"), ("pictures", pictures, "sse", "/sse")):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        serving = asyncio.create_task(
            server.run_http_async(transport=transport, host="127.0.0.1", port=port, path=path, show_banner=False)
        )
        RUNNING.append(serving)
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            except OSError:
                await asyncio.sleep(0.05)
        url = f"http://127.0.0.1:{port}{path}"
        env.add_capability(Capability.mcp(name=name, url=url, transport="sse" if transport == "sse" else "streamable-http"))


@env.shutdown
async def end():
    for serving in RUNNING:
        serving.cancel()


@env.template()
async def tell_word():
    answer = yield "Which is the secret word?"
    yield 1.0 if answer == WORD else 0.0


@env.template()
async def count(word: str):
    answer = yield f"How many times does the letter 'a' occur in '{word}'? Answer with the number alone."
    yield 1.0 if answer == str(word.count("a")) else 0.0


@env.template()
async def orchestrate(word: str):
    answer = yield f"Have a specialist count: {word}"
    yield 1.0 if (answer or "").startswith("the specialist") and "reward 1.0" in answer else 0.0
