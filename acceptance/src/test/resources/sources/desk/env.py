# SPDX-License-Identifier: Apache-2.0
"""F6: a screen with one window, which writes down what is done to it."""

import asyncio
import json
import os
import re
import socket
import tempfile
from pathlib import Path

from hud import Environment
from hud.capabilities import Capability

env = Environment("desk")
LOG = Path(tempfile.mkdtemp()) / "events"
RUNNING: list[asyncio.subprocess.Process] = []


@env.initialize
async def switch_on():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
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


def clicked(x: int, y: int, button: int) -> bool:
    """xev tells one event in several lines, and an empty one after it."""
    return any(
        event.startswith("ButtonPress") and f"({x},{y})" in event and f"button {button}," in event
        for event in re.split(r"\n\n", LOG.read_text())
    )


# what the stand-in of each provider does: the same in the words of its own tools, Gemini's on a grid of a thousand
PLAYS = {
    "claude": [
        {"calls": [{"name": "computer", "arguments": {"action": "right_click", "coordinate": [320, 200]}}]},
        {"calls": [{"name": "computer", "arguments": {"action": "type", "text": "ok"}}]},
        {"text": "Done."},
    ],
    "gemini": [
        {"calls": [{"name": "right_click", "arguments": {"x": 500, "y": 417}}]},
        {"calls": [{"name": "type", "arguments": {"text": "ok"}}]},
        {"text": "Done."},
    ],
}


@env.template()
async def click(x: int, y: int, agent: str = "claude"):
    yield f"Click with the right button at {x},{y} and type ok. play: {json.dumps({'turns': PLAYS[agent]})}"
    yield 0.5 * clicked(x, y, 3) + 0.5 * ("0x6f, o)" in LOG.read_text() and "0x6b, k)" in LOG.read_text())
