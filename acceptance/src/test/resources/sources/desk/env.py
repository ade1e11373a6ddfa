# SPDX-License-Identifier: Apache-2.0
"""F6: a screen with one window, which writes down what is done to it; beside it a workspace, and a server of tools."""

import asyncio
import json
import os
import re
import socket
import tempfile
from pathlib import Path

from fastmcp import FastMCP
from fastmcp.utilities.types import Image
from hud import Environment
from hud.capabilities import Capability

env = Environment("desk")
LOG = Path(tempfile.mkdtemp()) / "events"
ROOM = Path(tempfile.gettempdir()) / f"desk-{os.getpid()}"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
RUNNING: list[asyncio.subprocess.Process] = []
SERVING: list[asyncio.Task] = []
LOOKED_UP: list[str] = []

env.workspace(ROOM)
papers = FastMCP("papers")


@papers.tool
def look_up(word: str):
    """Tells of a word, with a picture."""
    LOOKED_UP.append(word)
    return [f"{word} is what it says.", Image(data=PIXEL, format="png")]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@env.initialize
async def serve_papers():
    port = free_port()
    serving = asyncio.create_task(
        papers.run_http_async(transport="http", host="127.0.0.1", port=port, path="/mcp", show_banner=False)
    )
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            break
        except OSError:
            await asyncio.sleep(0.05)
    env.add_capability(Capability.mcp(name="papers", url=f"http://127.0.0.1:{port}/mcp", transport="streamable-http"))
    SERVING.append(serving)


@env.initialize
async def switch_on():
    port = free_port()
    screen = await asyncio.create_subprocess_exec(
        "Xvnc", "-displayfd", "1", "-geometry", "640x480", "-depth", "24", "-SecurityTypes", "None", "-nolisten", "tcp",
        "-localhost", "-rfbport", str(port),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )
    display = (await screen.stdout.readline()).decode().strip()
    window = await asyncio.create_subprocess_exec(
        "xev", "-geometry", "640x480+0+0", env=os.environ | {"DISPLAY": f":{display}"}, stdout=LOG.open("w")
    )
    RUNNING.extend([window, screen])
    while "MapNotify" not in LOG.read_text():
        await asyncio.sleep(0.05)
    env.add_capability(Capability.rfb(url=f"rfb://127.0.0.1:{port}"))


@env.shutdown
async def switch_off():
    for process in RUNNING:
        process.terminate()
        await process.wait()
    for serving in SERVING:
        serving.cancel()


def clicked(x: int, y: int, button: int) -> bool:
    """xev tells one event in several lines, and an empty one after it."""
    return any(
        event.startswith("ButtonPress") and f"({x},{y})" in event and f"button {button}," in event
        for event in re.split(r"\n\n", LOG.read_text())
    )


def typed_ok() -> bool:
    return "0x6f, o)" in LOG.read_text() and "0x6b, k)" in LOG.read_text()


def computer(number: int, action: dict) -> dict:
    """OpenAI's models call for actions in an item of its own kind."""
    call = {"type": "computer_call", "id": f"cu_{number}", "call_id": f"call_{number}", "status": "completed"}
    return {"items": [call | {"pending_safety_checks": [], "actions": [action]}]}


def tool(name: str, **arguments) -> dict:
    return {"calls": [{"name": name, "arguments": arguments}]}


FIRST = [{"calls": [{"shell": "tr a-z A-Z < word.txt | tee upper.txt"}]}, tool("look_up", word="tide")]

# what the stand-in of each provider does on the screen: the same in the words of its own tools, Gemini's on a grid of a thousand.
# A model of Chat Completions has no tool for it.
PLAYS = {
    "claude": [
        tool("computer", action="right_click", coordinate=[320, 200]),
        tool("computer", action="type", text="ok"),
    ],
    "gemini": [tool("right_click", x=500, y=417), tool("type", text="ok")],
    "openai": [
        computer(1, {"type": "click", "x": 320, "y": 200, "button": "right"}),
        computer(2, {"type": "type", "text": "ok"}),
    ],
    "openai_compatible": [],
}


@env.template()
async def work(x: int, y: int, agent: str):
    (ROOM / "word.txt").write_text("tide\n")
    turns = FIRST + PLAYS[agent] + [{"text": "Done."}]
    yield f"Write the word large, look it up, click with the right button at {x},{y} and type ok. play: {json.dumps({'turns': turns})}"
    written = (ROOM / "upper.txt").exists() and (ROOM / "upper.txt").read_text() == "TIDE\n"
    done = [written, LOOKED_UP == ["tide"], *([clicked(x, y, 3), typed_ok()] if PLAYS[agent] else [])]
    yield sum(done) / len(done)


@env.template()
async def click(x: int, y: int):
    yield f"Click with the right button at {x},{y} and type ok."
    yield 0.5 * clicked(x, y, 3) + 0.5 * typed_ok()
