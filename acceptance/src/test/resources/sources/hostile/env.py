# SPDX-License-Identifier: Apache-2.0
"""Tasks that take whatever they get, die when they are asked, and give grades that are none."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

from hud import Environment

env = Environment("hostile")


@env.template()
async def well():
    yield "Say anything."
    yield 1.0


@env.template()
async def floods():
    for _ in range(300):
        print("x" * 100_000)
        os.write(2, b"y" * 100_000)  # one line of thirty megabytes
    yield "Say anything."
    yield 1.0


@env.template()
async def forks():
    yield "Say anything."
    while True:
        subprocess.Popen(["sleep", "600"])


@env.template()
async def fills():
    yield "Say anything."
    for number in range(600):
        Path(tempfile.gettempdir(), str(number)).write_bytes(bytes(8 << 20))
        time.sleep(0.2)


@env.template()
async def eats():
    yield "Say anything."
    eaten = []
    while True:
        eaten.append(bytearray(os.urandom(1 << 20)) * 16)


@env.template()
async def dies():
    yield "Say anything."
    os._exit(7)


@env.template()
async def nan():
    yield "Say anything."
    yield float("nan")


@env.template()
async def true():
    yield "Say anything."
    yield True


@env.template()
async def billion():
    yield "Say anything."
    yield 1e9


@env.template()
async def text():
    yield "Say anything."
    yield "very good"
