# SPDX-License-Identifier: Apache-2.0
"""A workspace with a network of its own, from which one process alone is let out to its model; agents run in it."""

import os
import tempfile
from pathlib import Path

from hud import Environment

env = Environment("inside")
ROOM = Path(tempfile.gettempdir()) / f"inside-{os.getpid()}"
env.workspace(ROOM)


@env.template()
async def count_words(text: str):
    (ROOM / "instructions.txt").write_text(text + "\n")
    answer = yield "How many words does the file instructions.txt hold? Answer with the number alone."
    yield 1.0 if (answer or "").strip() == str(len(text.split())) else 0.0


@env.template()
async def ask(prompt: str, files: dict[str, str]):
    for name, text in files.items():
        (ROOM / name).write_text(text)
    answer = yield prompt
    yield {"score": 1.0 if answer == "Done." else 0.0, "content": ", ".join(sorted(os.listdir(ROOM)))}
