# SPDX-License-Identifier: Apache-2.0
"""F3: a faulty program to repair, and a test that the agent does not see."""

from pathlib import Path

from hud import Environment
from hud.graders import BashGrader, combine

HERE = Path(__file__).parent
ROOT = HERE / "project"
HIDDEN = "from calc import add; assert add(2, 3) == 5; assert add(-1, 1) == 0"

env = Environment("coding")
env.workspace(ROOT)


@env.template()
async def repair():
    (ROOT / "calc.py").write_text("def add(a, b):\n    return a - b\n")
    yield "The function add in calc.py is wrong. Repair it."
    yield await combine(BashGrader.grade(weight=1.0, command=f'python -c "{HIDDEN}"', cwd=str(ROOT)))
