# SPDX-License-Identifier: Apache-2.0
"""A browser, and a site with one button."""

import asyncio
import json
import tempfile
from pathlib import Path

from hud import Environment
from hud.capabilities import Capability

env = Environment("pages")
PROFILE = Path(tempfile.mkdtemp())
PAGE = "<title>One button</title><button id=push onclick=\"fetch('/pushed')\">Push</button>"
ASKED: list[str] = []
RUNNING: list = []


async def answer(reader, writer):
    ASKED.append((await reader.readline()).split()[1].decode())
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n" + PAGE.encode())
    await writer.drain()
    writer.close()


@env.initialize
async def open_browser():
    site = await asyncio.start_server(answer, "127.0.0.1", 0)
    RUNNING.append(site)
    browser = await asyncio.create_subprocess_exec(
        "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--remote-debugging-port=0", f"--user-data-dir={PROFILE}", "about:blank",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )
    RUNNING.append(browser)
    told = PROFILE / "DevToolsActivePort"
    while not told.exists() or "\n" not in told.read_text():
        await asyncio.sleep(0.05)
    env.add_capability(Capability.cdp(url=f"ws://127.0.0.1:{told.read_text().splitlines()[0]}"))


@env.shutdown
async def close_browser():
    site, browser = RUNNING
    browser.terminate()
    await browser.wait()
    site.close()


@env.template()
async def push():
    site = RUNNING[0].sockets[0].getsockname()[1]
    turns = [
        {"calls": [{"name": "browser_navigate", "arguments": {"url": f"http://127.0.0.1:{site}/"}}]},
        {"calls": [{"name": "browser_click", "arguments": {"selector": "#push"}}]},
        {"text": "Done."},
    ]
    yield f"Push the button. play: {json.dumps({'turns': turns})}"
    for _ in range(100):
        if "/pushed" in ASKED:
            break
        await asyncio.sleep(0.05)
    yield 1.0 if "/pushed" in ASKED else 0.0
