# SPDX-License-Identifier: Apache-2.0
"""F4: an answer that a judge grades, one criterion after the other."""

import os

from hud import Environment
from hud.graders import LLMJudgeGrader, combine

env = Environment("ops")


@env.template()
async def explain(prompt: str, criteria: list):
    """Each criterion is a text and its weight."""
    answer = yield prompt
    judged = LLMJudgeGrader.grade(weight=1.0, answer=answer, criteria=[tuple(one) for one in criteria], question=prompt)
    yield await combine(judged)


@env.template()
async def configured(prompt: str):
    """Graded by the judge, which is asked with the run's own key; the variable must be here, and the platform's secrets must not."""
    answer = yield prompt
    verdict = await LLMJudgeGrader.grade(weight=1.0, answer=answer, criteria=["mentions 'tide'"], question="")
    known = os.environ.get("OPS_SECRET") == "moonlight"
    leaked = [name for name in os.environ if name.startswith("ASSAY_") and name.endswith("_API_KEY")]
    yield verdict.value if known and not leaked else 0.0
