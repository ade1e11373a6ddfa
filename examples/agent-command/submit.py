# SPDX-License-Identifier: Apache-2.0
"""Runs agent.py on a task of an environment whose workspace has a Python: HUD_API_KEY=… python submit.py http://localhost:7300 ENV TASK '{"arg": 1}' MODEL"""

import json
import os
import shlex
import sys
import time
import urllib.request
import uuid
from pathlib import Path

platform, env, task, args, model = sys.argv[1:]
run, job = str(uuid.uuid4()), str(uuid.uuid4())


def call(path, body=None):
    request = urllib.request.Request(
        platform + path, json.dumps(body).encode() if body else None,
        {"Content-Type": "application/json", "Authorization": "Bearer " + os.environ["HUD_API_KEY"]})
    return json.load(urllib.request.urlopen(request))


# the program goes along with the command; one that is installed in the environment is named instead
program = Path(__file__).with_name("agent.py").read_text()
command = "exec /usr/bin/python3 -c " + shlex.quote(program)
call("/v2/rollouts/submit", {
    "trace_id": run, "job_id": job, "env": env, "task": task, "args": json.loads(args),
    "agent": {"type": "command", "config": {"command": command, "model": model, "timeout_seconds": 600}}})
while (seen := call("/v2/trace/" + run))["status"] not in ("completed", "error", "cancelled"):
    time.sleep(1)
print(seen["status"], seen["reward"], seen.get("error") or "")
