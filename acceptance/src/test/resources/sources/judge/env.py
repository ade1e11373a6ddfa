# SPDX-License-Identifier: Apache-2.0
"""The other half of F8: a verifier in an environment of its own, which knows the actor by its grade alone."""

import os
from pathlib import Path

from hud import Environment
from hud.environment.env import current_session_id

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
async def files():
    """Whether the actor's files are those of this session, and no other session's are here."""
    yield ""
    sessions = Path("/runtime/sessions")
    own = current_session_id.get()
    here = [session.name for session in sessions.iterdir()] == [own] and Path("/media/hud/sessions").samefile(sessions)
    yield 0.875 if here and (sessions / own / "answer.txt").read_text() == "3" else 0.0


@env.template()
async def lost():
    yield ""
    raise RuntimeError("the judge lost the file")
