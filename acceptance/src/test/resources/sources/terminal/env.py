# SPDX-License-Identifier: Apache-2.0
"""F2n: a workspace from which the gateway can be reached, for agents that run inside it."""

import os
import tempfile
from pathlib import Path

from hud import Environment

env = Environment("terminal")
ROOM = Path(tempfile.gettempdir()) / f"terminal-{os.getpid()}"
env.workspace(ROOM, network=True)


@env.template()
async def count_words(text: str):
    (ROOM / "instructions.txt").write_text(text + "\n")
    answer = yield "How many words does the file instructions.txt hold? Answer with the number alone."
    yield 1.0 if (answer or "").strip() == str(len(text.split())) else 0.0


@env.template()
async def ask(prompt: str):
    answer = yield prompt
    yield 1.0 if answer == "Done." else 0.0
