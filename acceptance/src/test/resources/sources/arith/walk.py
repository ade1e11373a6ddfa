# SPDX-License-Identifier: Apache-2.0
"""A walk by a tool: whoever goes to the right is right. One walk at a time."""

import socket
import threading
from typing import Literal

from fastmcp import FastMCP
from hud import Environment
from hud.capabilities import Capability

FARTHEST = 3
TAKEN: list[str] = []

env = Environment("walk")
ways = FastMCP("ways")


@ways.tool
def go(to: Literal["left", "right"]) -> str:
    """Goes one step."""
    TAKEN.append(to)
    return f"You went {to}."


def serve() -> str:
    """In a thread of its own, as long as the program runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"transport": "http", "host": "127.0.0.1", "port": port, "path": "/mcp", "show_banner": False}
    threading.Thread(target=ways.run, kwargs=settings, daemon=True).start()
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return f"http://127.0.0.1:{port}/mcp"
        except OSError:
            pass


env.add_capability(Capability.mcp(name="ways", url=serve(), transport="streamable-http"))


@env.template()
async def walk():
    TAKEN.clear()
    yield "Go to the right."
    yield sum(way == "right" for way in TAKEN[:FARTHEST]) / FARTHEST
