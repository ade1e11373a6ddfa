# SPDX-License-Identifier: Apache-2.0
"""Rows of an environment that is not here but deployed, with overrides of their own."""

import json

from hud import Task
from hud.eval.runtime import RuntimeConfig, RuntimeResources

# a turn that calls a tool which is not there, as often as it is asked
RESTLESS = "play: " + json.dumps({"text": "On it.", "calls": [{"name": "nothing", "arguments": {}}]})


def row(slug, text="play: " + json.dumps({"text": "Done."}), env="chat", **overrides):
    messages = [{"role": "user", "content": {"type": "text", "text": text}}]
    return Task(env=env, id="assistant", args={"messages": messages}, slug=slug, **overrides)


tasks = [
    row("short", RESTLESS, agent_config={"max_steps": 2}),
    row("strange", agent_config={"mood": "fine", "temperature": "hot", "sandbox": "none"}),
    row("small", runtime_config=RuntimeConfig(resources=RuntimeResources(cpu=1, memory_mb=512))),
    row("nowhere", env="no-such-environment"),
]
