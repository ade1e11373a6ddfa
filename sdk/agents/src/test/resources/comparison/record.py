# SPDX-License-Identifier: Apache-2.0
"""Records what the published client's own agent asks of a model, and the steps it tells, for scripted conversations.

    python -m venv venv && venv/bin/pip install 'hud==0.6.21' 'typer<0.29'
    venv/bin/python record.py claude/*.json

Each scenario is a JSON file; what was seen is written into the same file, under `recorded`. The agent is the package's, with its
provider's library; the model is a local server that plays `answers` in order; commands run in a throw-away folder; screens and
MCP servers answer what the scenario says. Nothing leaves the machine.

A scenario:
  agent         the agent type
  config        its config
  prompt        as a task's start gives it
  capabilities  [[name, protocol], ...] in the environment's order
  files         {path: text or {"base64": ...}} in the workspace
  screen        {width, height, image}: the screen, and what every screenshot of it is (base64 PNG)
  servers       {name: {"tools": [MCP tools], "results": {tool: MCP result}}}
  answers       [{"json": ...} or {"events": [...]} or {"text": ...}, with "status" and "headers" if they are not 200 and none]
"""

import asyncio
import base64
import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import types
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TRACE = "0123456789abcdef0123456789abcdef"
KEY = "key-1"
for name in ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY"):
    os.environ.pop(name, None)
os.environ.update(HUD_API_KEY=KEY, HUD_TELEMETRY_ENABLED="false")

SHOWN = {"authorization", "x-goog-api-key", "anthropic-beta", "anthropic-version", "trace-id", "x-hud-parent-trace-id"}


class Model:
    """A server that plays its answers in order and takes down what it was asked."""

    def __init__(self, answers):
        self.requests = []
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                headers = {k.lower(): v for k, v in self.headers.items()}
                shown = {k: v for k, v in sorted(headers.items()) if k in SHOWN or k.startswith("x-mine")}
                model.requests.append({"path": self.path, "headers": shown, "body": body})
                self.answer(answers[len(model.requests) - 1] if len(model.requests) <= len(answers) else {"status": 501, "json": {}})

            def answer(self, answer):
                self.send_response(answer.get("status", 200))
                for name, value in answer.get("headers", {}).items():
                    self.send_header(name, value)
                if "events" in answer:
                    content = "".join(
                        (f"event: {event['type']}\n" if "type" in event else "") + f"data: {json.dumps(event)}\n\n"
                        for event in answer["events"]
                    )
                    kind = "text/event-stream"
                else:
                    content = answer["text"] if "text" in answer else json.dumps(answer["json"])
                    kind = "application/json"
                content = content.encode()
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content) + answer.get("missing", 0)))
                self.end_headers()
                self.wfile.write(content)
                if answer.get("missing"):
                    self.wfile.flush()
                    self.close_connection = True

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


def connections(scenario, folder):
    import asyncssh
    import mcp.types as mcp_types
    from hud.capabilities import Capability, MCPClient, RFBClient, SSHClient
    from hud.types import MCPToolResult

    class Shell(SSHClient):
        def __init__(self, capability):
            self.capability = capability

        async def run(self, command, *, check=False, encoding="utf-8", input=None, timeout=None, **rest):
            done = subprocess.run(
                ["bash", "-lc", command], cwd=folder, capture_output=True,
                input=b"" if input is None else input.encode() if isinstance(input, str) else input,
            )
            out, err = (x if encoding is None else x.decode(encoding, "replace") for x in (done.stdout, done.stderr))
            if check and done.returncode:
                raise asyncssh.ProcessError({}, command, None, done.returncode, None, done.returncode, out, err)
            return types.SimpleNamespace(stdout=out, stderr=err, returncode=done.returncode, exit_status=done.returncode)

        async def close(self):
            pass

    class Screen(RFBClient):
        def __init__(self, capability):
            self.capability = capability
            mouse = types.SimpleNamespace(x=0, y=0, buttons=0)

            def move(x, y):
                mouse.x, mouse.y = x, y

            mouse.move = move
            mouse.click = mouse.scroll_up = mouse.scroll_down = lambda *a: None
            mouse.hold = lambda *a: contextlib.nullcontext()

            def press(*keys):
                from asyncvnc import key_codes

                for key in keys:
                    key_codes[key]

            keyboard = types.SimpleNamespace(press=press, write=lambda text: None, hold=lambda *a: contextlib.nullcontext())
            writer = types.SimpleNamespace(write=lambda data: None)
            self._conn = types.SimpleNamespace(mouse=mouse, keyboard=keyboard, writer=writer)

        width = property(lambda self: scenario["screen"]["width"])
        height = property(lambda self: scenario["screen"]["height"])

        async def drain(self):
            pass

        async def screenshot_png(self, encoding="image/png"):
            return base64.b64decode(scenario["screen"]["image"]), "image/png"

        async def close(self):
            pass

    class Server(MCPClient):
        def __init__(self, capability):
            self.capability = capability
            self.told = scenario["servers"][capability.name]

        async def list_tools(self):
            return [mcp_types.Tool.model_validate(tool) for tool in self.told["tools"]]

        async def call_tool(self, name, arguments):
            return MCPToolResult.model_validate(self.told["results"][name])

        async def close(self):
            pass

    kinds = {"ssh": Shell, "rfb": Screen, "mcp": Server}
    bindings = [
        Capability(name=name, protocol=protocol, url=f"{protocol.split('/')[0]}://127.0.0.1:1", params={})
        for name, protocol in scenario["capabilities"]
    ]

    async def open(name):
        binding = next(b for b in bindings if b.name == name)
        return kinds[binding.protocol.split("/")[0]](binding)

    return types.SimpleNamespace(manifest=types.SimpleNamespace(bindings=bindings), open=open)


async def play(scenario, model):
    from hud.settings import settings

    settings.hud_gateway_url = model.url
    settings.api_key = KEY

    from hud.eval.run import Run
    from hud.telemetry.context import set_trace_context
    from hud.types import AgentType, Trace
    import hud.types

    hud.types.queue_span = lambda span: None
    kind = AgentType(scenario["agent"])
    agent = kind.cls(kind.config_cls.model_validate({"gateway": True, **scenario["config"]}))
    with tempfile.TemporaryDirectory() as folder:
        for path, content in scenario.get("files", {}).items():
            data = base64.b64decode(content["base64"]) if isinstance(content, dict) else content.encode()
            (pathlib.Path(folder) / path).write_bytes(data)
        trace = Trace()
        run = types.SimpleNamespace(
            client=connections(scenario, folder), trace=trace, record=trace.record, prompt=scenario["prompt"], bindings={},
            prompt_messages=Run.prompt_messages.fget(types.SimpleNamespace(prompt=scenario["prompt"])),
        )
        raised = None
        with set_trace_context(TRACE):
            try:
                await agent(run)
            except Exception as error:  # what leaves an agent is part of what is seen
                raised = f"{type(error).__name__}: {error}"
    steps = [step.model_dump(mode="json", exclude_none=True) for step in trace.steps]
    for step in steps:
        for member in ("step_id", "started_at", "ended_at"):
            step.pop(member, None)
    return {
        "requests": model.requests,
        "steps": steps,
        "result": {"content": trace.content, "status": trace.status, "stop_reason": trace.stop_reason, "raised": raised},
    }


# a pattern of the client's words, and what is compared of them
WORDS = [
    (r"No changes to apply: .*identical\.", "<the same>"),
    (r"oldString cannot be empty .*replacement\.", "<exists>"),
    (r"oldString not found in ", "<absent> "),
    (r"oldString matches (\d+) times in (.*); .*", r"<several> \1 \2"),
    (r"Offset (\d+) is out of range .*\((\d+) lines\)", r"<beyond> \1 \2"),
    (r"restart is unnecessary; .*", "<no restart>"),
    (r"command is required unless .*", "<no command>"),
    (r"This request was refused (\(.*\))\.", r"<refused> \1"),
    (r"\[Earlier tool-result image .*]", "<an image before>"),
    (r"Your previous tool-call arguments .*\nMalformed .*?: ", "<no JSON> "),
    (r"`text` .*required for (\w+)", r"<no text> \1"),
    (r"region must .*", "<no region>"),
    (r"drag requires .*", "<no way>"),
    (r"`insert_line` must be an integer", "<no number>"),
    (r"insert_line (-?\d+) out of range .* (\d+) lines\)", r"<no line> \1 \2"),
]
OWN = {"bash", "edit", "glob", "grep", "read", "write", "str_replace_based_edit_tool", "computer"}


def neutral(value):
    """The client's own words by what they say; of its own tools' descriptions nothing is kept."""
    if isinstance(value, list):
        return [neutral(item) for item in value]
    if isinstance(value, dict):
        schema = value.get("parameters", value.get("input_schema"))
        if value.get("name") in OWN and schema is not None:
            value = {key: member for key, member in value.items() if key != "description"}
            for declared in schema["properties"].values():
                declared.pop("description", None)
        return {key: neutral(member) for key, member in value.items()}
    if isinstance(value, str):
        for pattern, said in WORDS:
            value = re.sub(pattern, said, value)
    return value


def written(scenario):
    """Indented, but each request and each step on a line of its own."""
    recorded = scenario.pop("recorded")
    text = json.dumps(scenario, indent=1, ensure_ascii=False)[:-2]
    for name, value in recorded.items():
        rows = value if isinstance(value, list) else None
        lines = json.dumps(value, ensure_ascii=False) if rows is None else (
            "[\n    " + ",\n    ".join(json.dumps(row, ensure_ascii=False) for row in rows) + "]" if rows else "[]"
        )
        text += (",\n \"recorded\": {\n  " if name == "requests" else ",\n  ") + json.dumps(name) + ": " + lines
    return text + "\n }\n}\n"


def main():
    for name in sys.argv[1:]:
        path = pathlib.Path(name)
        scenario = json.loads(path.read_text())
        model = Model(scenario["answers"])
        scenario["recorded"] = neutral(asyncio.run(play(scenario, model)))
        recorded = scenario["recorded"]
        path.write_text(written(scenario))
        print(path, len(recorded["requests"]), "requests,", len(recorded["steps"]), "steps,", recorded["result"])


main()
