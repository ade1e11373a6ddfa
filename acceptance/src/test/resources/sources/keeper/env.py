# SPDX-License-Identifier: Apache-2.0
"""An environment that writes into its own source folder, and whose grader runs a login shell."""

from pathlib import Path

from hud import Environment
from hud.graders import BashGrader, SubScore, combine

HERE = Path(__file__).parent
env = Environment("keeper")


@env.template()
async def alone():
    visits = HERE / "visits.txt"
    with visits.open("a") as file:
        file.write("x")
    yield "Say anything."
    yield await combine(
        SubScore(name="alone", value=1.0 if visits.read_text() == "x" else 0.0, weight=0.5),
        BashGrader.grade(weight=0.5, command="python -c 'import hud'", cwd=str(HERE)),
    )
