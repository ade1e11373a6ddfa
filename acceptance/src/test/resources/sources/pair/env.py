# SPDX-License-Identifier: Apache-2.0
"""F8 and F9: an actor whose answer lies among its session's files, and the verifier that looks there."""

import http.client
import os
import socket
import tempfile
from pathlib import Path
from urllib.request import urlopen

from hud import Environment
from hud.environment.env import current_session_id

env = Environment("pair")

MOUNTED = Path("/runtime/sessions")
SESSIONS = MOUNTED if MOUNTED.is_dir() else Path(tempfile.gettempdir()) / "sessions"
EVENTS = os.environ.get("EVENTS")
SIDECAR = os.environ.get("SIDECAR")


def answered() -> Path:
    return SESSIONS / current_session_id.get() / "answer.txt"


def word() -> str:
    return urlopen(SIDECAR, timeout=60).read().decode().strip() if SIDECAR else "banana"


@env.shutdown
async def ended():
    if EVENTS:
        with open(EVENTS, "a") as events:
            events.write("actor ended\n")


@env.template()
async def count():
    answer = yield f"How many times does 'a' occur in '{word()}'? Answer with the number alone."
    answered().parent.mkdir(parents=True, exist_ok=True)
    answered().write_text(answer or "nothing")
    yield 0.25  # not the last word


@env.template()
async def check():
    actor = yield ""
    yield 1.0 if actor["score"] == 0.25 and answered().read_text() == str(word().count("a")) else 0.0


@env.template()
async def daemon():
    """Whether a daemon answers where access to services puts one."""
    yield "How many times does 'a' occur in 'banana'? Answer with the number alone."
    connection = http.client.HTTPConnection("docker")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect("/var/run/docker.sock")
    connection.request("GET", "/_ping")
    yield 1.0 if connection.getresponse().status == 200 else 0.0
