# SPDX-License-Identifier: Apache-2.0
"""F2: a workspace with a file to read."""

import os
import tempfile
from pathlib import Path

from hud import Environment

env = Environment("counter")
ROOM = Path(tempfile.gettempdir()) / f"counter-{os.getpid()}"
env.workspace(ROOM)


@env.template()
async def count_words(text: str):
    (ROOM / "instructions.txt").write_text(text + "\n")
    answer = yield "How many words does the file instructions.txt hold? Answer with the number alone."
    yield 1.0 if (answer or "").strip() == str(len(text.split())) else 0.0
