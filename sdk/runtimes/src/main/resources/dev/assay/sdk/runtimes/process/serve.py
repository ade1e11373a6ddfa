# SPDX-License-Identifier: Apache-2.0
"""Serves a Python environment: python -c <this> NAMES <arguments of the client's server>.

What the deployer gave the environment (NAMES, separated by commas) and what the platform did, such as the run's key, is not the
agent's. The client keeps the HUD_ variables from its shells' own environment, but starts the shells' surroundings with all that it has,
where an agent reads it in /proc. So neither gets any of it. An author who wants a shell to have some says so: workspace(…, env=…).
"""
import asyncio
import os
import runpy
import sys

deployers = set(sys.argv.pop(1).split(","))
start = asyncio.create_subprocess_exec


def agents(variables):
    return {name: value for name, value in variables.items() if name not in deployers and not name.startswith("HUD_")}


def start_without(*command, env=None, **more):
    if any(os.path.basename(str(word)) in ("bwrap", "hud.environment.namespace", "namespace.py") for word in command):
        env = agents(os.environ if env is None else env)
    return start(*command, env=env, **more)


def spawn_without(spawn):
    return lambda host, command, *, env, **more: spawn(host, command, env=agents(env), **more)


asyncio.create_subprocess_exec = start_without
try:
    from hud.environment import workspace

    workspace._without_harness_config = agents
    workspace.NamespaceHost.spawn = spawn_without(workspace.NamespaceHost.spawn)
except (ImportError, AttributeError):
    pass  # a client without workspaces, or without such hosts
runpy.run_module("hud.environment.server", run_name="__main__", alter_sys=True)
