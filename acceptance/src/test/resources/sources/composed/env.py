# SPDX-License-Identifier: Apache-2.0
"""A grade made of other grades, one of them a penalty."""

from hud import Environment
from hud.graders import BashGrader, SubScore, combine, combine_any

env = Environment("composed")


@env.template()
async def composed():
    yield "Say anything."
    yield await combine(
        BashGrader.grade(weight=0.5, name="shell", command="true"),
        combine_any(
            0.5,
            [SubScore(name="first", value=0.0), SubScore(name="second", value=1.0, info={"why": "it holds"})],
            name="either",
        ),
        SubScore(name="penalty", value=1.0, weight=-2.0, info={"why": "it cheated"}),
    )
