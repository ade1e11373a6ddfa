# SPDX-License-Identifier: Apache-2.0
"""An agent in thirty lines: it runs in the environment's workspace, reads its prompt and writes its answer. Only Python's own library."""

import json
import os
import subprocess
import sys
import urllib.request

TOOL = {"type": "function", "function": {
    "name": "bash", "description": "Runs a command in the workspace.",
    "parameters": {"type": "object", "properties": {"command": {"type": "string"}}, "required": ["command"]}}}


def ask(messages):
    body = {"model": os.environ["HUD_MODEL"], "messages": messages, "tools": [TOOL]}
    request = urllib.request.Request(
        os.environ["HUD_GATEWAY_URL"] + "/chat/completions", json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": "Bearer " + os.environ["HUD_API_KEY"]})
    return json.load(urllib.request.urlopen(request))["choices"][0]["message"]


messages = [{"role": "user", "content": sys.stdin.read()}]
for turn in range(20):
    said = ask(messages)
    messages.append(said)
    if not said.get("tool_calls"):
        print(said["content"])
        sys.exit()
    for call in said["tool_calls"]:
        command = json.loads(call["function"]["arguments"])["command"]
        print("$", command, file=sys.stderr)
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
        messages.append({"role": "tool", "tool_call_id": call["id"], "content": done.stdout + done.stderr})
sys.exit("no answer after 20 turns")
