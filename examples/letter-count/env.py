# SPDX-License-Identifier: Apache-2.0
"""Letter counting: an environment small enough to read in a minute.

The word waits in a file; the agent has a shell in which to look at it and must answer with a number.
"""

import os
import shutil
import tempfile
from pathlib import Path

from hud import Environment

env = Environment(name="letter-count")

# A folder per serving process: rollouts that share a machine must not see each other's word.
WORKSPACE = Path(tempfile.gettempdir()) / f"letter-count-{os.getpid()}"

env.workspace(WORKSPACE)


@env.template()
async def count_letter(word: str, letter: str):
    """Count how often `letter` occurs in `word`."""
    (WORKSPACE / "word.txt").write_text(word + "\n")
    answer = yield (
        f"How often does the letter '{letter}' occur in the word that stands in the file word.txt? "
        "You have a shell, and it starts in the folder of that file. Reply with the number alone."
    )
    yield 1.0 if (answer or "").strip() == str(word.count(letter)) else 0.0


@env.shutdown
async def clean_up() -> None:
    shutil.rmtree(WORKSPACE, ignore_errors=True)
