# SPDX-License-Identifier: Apache-2.0
"""The other half of F8: a verifier in an environment of its own, which knows the actor by its grade alone."""

import os

from hud import Environment

env = Environment("judge")
EVENTS = os.environ.get("EVENTS")


@env.initialize
async def begun():
    if EVENTS:
        with open(EVENTS, "a") as events:
            events.write("judge begun\n")


@env.template()
async def judge():
    actor = yield ""
    yield 0.75 if actor["score"] == 0.25 else 0.5


@env.template()
async def lost():
    yield ""
    raise RuntimeError("the judge lost the file")
