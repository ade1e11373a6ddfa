# SPDX-License-Identifier: Apache-2.0
"""F8 and F9: an actor whose answer lies among its session's files, and the verifier that looks there."""

import http.client
import json
import os
import socket
import tempfile
from pathlib import Path
from urllib.parse import quote
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


def engine(method, path, body=None):
    """What answers where access to services puts an engine."""
    connection = http.client.HTTPConnection("docker")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect("/var/run/docker.sock")
    connection.request(method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    return answer.status, answer.read()


@env.template()
async def daemon():
    """Whether this project's services are found by the engine that access to them gives, and a command runs in one."""
    yield "How many times does 'a' occur in 'banana'? Answer with the number alone."
    itself = json.loads(engine("GET", f"/containers/{socket.gethostname()}/json")[1])
    filters = {"label": ["com.docker.compose.project=" + itself["Config"]["Labels"]["com.docker.compose.project"]]}
    listed = json.loads(engine("GET", "/containers/json?filters=" + quote(json.dumps(filters)))[1])
    services = {one["Labels"]["com.docker.compose.service"]: one["Id"] for one in listed}
    command = {"Cmd": ["cat", "/words/word"], "AttachStdout": True}
    made = json.loads(engine("POST", f"/containers/{services['sidecar']}/exec", command)[1])
    said = engine("POST", f"/exec/{made['Id']}/start", {"Detach": False})[1]
    yield 1.0 if set(services) == {"main", "sidecar"} and said[8:].decode().strip() == word() else 0.0


@env.template()
async def others():
    """Whether that engine shows only what it should, and makes nothing."""
    yield "How many times does 'a' occur in 'banana'? Answer with the number alone."
    listed = json.loads(engine("GET", "/containers/json?all=1")[1])
    made = engine("POST", "/containers/create", {"Image": listed[0]["Image"], "HostConfig": {"Binds": ["/:/host"]}})[0]
    yield 1.0 if len(listed) == 2 and made == 403 else 0.0
