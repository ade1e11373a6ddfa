# SPDX-License-Identifier: Apache-2.0
"""An environment that tells what reached it, and one of its tasks leaves more behind than a path can name."""

import os
import tempfile
from pathlib import Path
from typing import Any

from hud import Environment

env = Environment("odd")
env.workspace(Path(tempfile.gettempdir()) / f"odd-{os.getpid()}")


@env.template()
async def echo(word: str = "3"):
    answer = yield f"Say {word}"
    yield 1.0 if (answer or "").strip() == word else 0.0


@env.template()
async def arrived(value: Any, shown: str):
    yield "Say anything"
    yield 1.0 if ascii(value) == shown else 0.0


@env.template()
async def dig():
    os.chdir(tempfile.gettempdir())
    for _ in range(1500):
        os.mkdir("dddddddd")
        os.chdir("dddddddd")
    yield "Say anything"
    yield 1.0
