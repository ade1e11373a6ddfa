# SPDX-License-Identifier: Apache-2.0
"""Records what the published client's own agents send and keep for scripted conversations.

The agents are the client's, with its tools and its loop; the model behind them is a server in this process that answers by the script,
and the environment is a stand-in that says of each command, tool and screen what the script says. What is kept of a case: every request,
what was done (every command, call of a tool and move on the screen, and what of the latter goes over RFB's wire), every step as it is
uploaded, and how the agent ended. The words in which the client
describes its own tools are left out: they are not ours to copy, and no part of what is compared.

    python -m venv v && v/bin/pip install 'hud==0.6.21' 'typer<0.29' && v/bin/python record.py
"""

import asyncio
import base64
import inspect
import json
import os
import re
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).parent
SPANS = tempfile.mkdtemp()
TRACE = "2b0e365b-20f6-4f3b-b114-738e592b4f44"
HEADERS = ("authorization", "x-goog-api-key", "trace-id", "x-hud-parent-trace-id", "content-type", "accept")


class Model(BaseHTTPRequestHandler):
    """Answers by the script, in its order; what is asked is kept."""

    protocol_version = "HTTP/1.1"
    script: list = []
    asked: list = []

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        headers = {name: self.headers[name] for name in HEADERS if self.headers[name] is not None}
        Model.asked.append({"path": self.path, "headers": headers, "body": body})
        answer = Model.script.pop(0)
        if answer.get("hangs_up"):
            self.close_connection = True
            return
        self.send_response(answer.get("status", 200))
        for name, value in answer.get("headers", {}).items():
            self.send_header(name, value)
        if "events" in answer:
            text = "".join("data: " + json.dumps(event) + "\r\n\r\n" for event in answer["events"])
            self.send_header("content-type", "text/event-stream")
        else:
            text = json.dumps(answer["body"])
            self.send_header("content-type", "application/json")
        if answer.get("breaks_off"):
            self.send_header("content-length", str(len(text.encode()) + 100))
            self.close_connection = True
        else:
            self.send_header("content-length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ.update(
    HUD_API_KEY="key-1",
    HUD_GATEWAY_URL=f"http://127.0.0.1:{server.server_port}",
    HUD_TELEMETRY_ENABLED="true",
    HUD_TELEMETRY_URL="http://127.0.0.1:9",
    HUD_TELEMETRY_LOCAL_DIR=SPANS,
)

import asyncssh  # noqa: E402
import asyncvnc  # noqa: E402
import mcp.types as mcp_types  # noqa: E402
from hud.agents import GeminiAgent, OpenAIAgent  # noqa: E402
from hud.agents.gemini.tools.hosted import GeminiCodeExecutionTool, GeminiGoogleSearchTool, GeminiUrlContextTool  # noqa: E402
from hud.agents.openai.tools import OpenAICodeInterpreterTool, OpenAIToolSearchTool  # noqa: E402
from hud.agents.tools import rfb as rfb_tool  # noqa: E402
from hud.agents.types import GeminiConfig, OpenAIConfig  # noqa: E402
from hud.capabilities import MCPClient, RFBClient, SSHClient  # noqa: E402
from hud.capabilities.base import Capability  # noqa: E402
from hud.capabilities.ssh import SSHConnectionError  # noqa: E402
from hud.eval.run import Run  # noqa: E402
from hud.telemetry import exporter  # noqa: E402
from hud.telemetry.context import set_trace_context  # noqa: E402
from hud.types import MCPToolResult  # noqa: E402

exporter._ensure_worker = lambda: None  # spans go to the folder only


class Shell(SSHClient):
    """Says of each command what the script says of it; what the script does not name succeeds in silence."""

    def __init__(self, cap, script, log, wire):
        super().__init__(cap, None)
        self.script, self.log = script, log

    async def run(self, *args, **kwargs):
        given = kwargs.get("input")
        self.log.append({"command": args[0]} | ({"stdin": given} if given is not None else {}))
        said = self.script.get(args[0], {})
        if said.get("lost"):
            raise SSHConnectionError("SSH connection lost during operation")
        out, err, status = said.get("stdout", ""), said.get("stderr", ""), said.get("status", 0)
        out = base64.b64decode(said["bytes"]) if "bytes" in said else out
        if kwargs.get("check") and status:
            raise asyncssh.ProcessError(None, args[0], None, status, None, status, out, err)
        if kwargs.get("encoding", "x") is None:
            out = out.encode() if isinstance(out, str) else out
        return asyncssh.SSHCompletedProcess(command=args[0], exit_status=status, returncode=status, stdout=out, stderr=err)


class Wire:
    """Takes down what is sent to a display, as RFB has it."""

    def __init__(self, log):
        self.log = log

    def write(self, data):
        if data[0] == 5:
            x, y = int.from_bytes(data[2:4], "big"), int.from_bytes(data[4:6], "big")
            self.log.append(f"pointer {data[1]} {x} {y}")
        else:
            self.log.append(f"key {'down' if data[1] else 'up'} {int.from_bytes(data[4:8], 'big'):x}")


class Display:
    def __init__(self, log):
        self.writer = Wire(log)
        self.mouse, self.keyboard = asyncvnc.Mouse(self.writer), asyncvnc.Keyboard(self.writer)


class Screen(RFBClient):
    """A display of a size; a capture of it is the count of captures so far, and no picture."""

    def __init__(self, cap, script, log, wire):
        self.capability, self.script, self.log, self.shots = cap, script, log, 0
        self._conn = Display(wire)

    width = property(lambda self: self.script["width"])
    height = property(lambda self: self.script["height"])

    async def drain(self):
        pass

    async def screenshot_png(self, encoding):
        self.shots += 1
        if self.shots in self.script.get("failing", []):
            raise ConnectionError("the display is gone")
        return f"shot {self.shots}?>".encode(), encoding.mime_type


class Server(MCPClient):
    def __init__(self, cap, script, log, wire):
        self.capability, self.script, self.log = cap, script, log

    async def list_tools(self):
        return [mcp_types.Tool.model_validate(tool) for tool in self.script["tools"]]

    async def call_tool(self, name, arguments):
        self.log.append({"tool": name, "arguments": arguments})
        result = self.script["results"][name]
        if "raises" in result:
            raise RuntimeError(result["raises"])
        return MCPToolResult.model_validate(result)


HOSTED = {
    "openai": {"code_interpreter": OpenAICodeInterpreterTool, "tool_search": OpenAIToolSearchTool},
    "gemini": {"google_search": GeminiGoogleSearchTool, "url_context": GeminiUrlContextTool, "code_execution": GeminiCodeExecutionTool},
}
KINDS = {"ssh/2": Shell, "rfb/3.8": Screen, "mcp/2025-11-25": Server}


class Client:
    """As much of a connected environment as an agent looks at."""

    def __init__(self, capabilities, log, wire):
        self.capabilities, self.log, self.wire, self.manifest = capabilities, log, wire, self
        self.bindings = [Capability(name=c["name"], protocol=c["protocol"], url="x://h:1", params={}) for c in capabilities]

    async def open(self, name):
        index = [c["name"] for c in self.capabilities].index(name)
        return KINDS[self.bindings[index].protocol](self.bindings[index], self.capabilities[index], self.log, self.wire)


VERBS = {name: getattr(rfb_tool.RFBTool, name) for name in (
    "screenshot", "move", "click", "mouse_down", "mouse_up", "scroll", "drag", "type_text", "press_keys", "key_down", "key_up", "wait")}


def take_down(log):
    """What is done on a screen is logged as a verb with all its arguments."""

    def logged(name, verb):
        signature = inspect.signature(verb)

        def call(*args, **kwargs):
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            log.append([name] + [
                given or [] if of == "hold_keys" else given for of, given in bound.arguments.items() if of not in ("self", "scroll_x")])
            return verb(*args, **kwargs)

        return staticmethod(call) if name == "wait" else call

    for name, verb in VERBS.items():
        setattr(rfb_tool.RFBTool, name, logged(name, verb))


async def record(kind, case):
    agent_type, config_type = {"openai": (OpenAIAgent, OpenAIConfig), "gemini": (GeminiAgent, GeminiConfig)}[kind]
    Model.script, Model.asked = list(case["answers"]), []
    log, wire, real_sleep = [], [], asyncio.sleep

    async def slept(seconds, *rest):
        wire.append(f"wait {round(seconds * 1000)}")
        await real_sleep(0)

    take_down(log)
    rfb_tool.asyncio = type("asyncio", (), {"sleep": staticmethod(slept)})
    span_file = Path(SPANS) / (TRACE.replace("-", "") + ".jsonl")
    span_file.unlink(missing_ok=True)
    hosted = [HOSTED[kind][name](**given) for name, given in case.get("hosted", {}).items()]
    agent = agent_type(config_type(**case["config"], hosted_tools=hosted))
    if kind == "gemini":
        for retries in (agent.gemini_client._api_client._async_retry,):
            retries.wait = lambda state: 0  # how long it waits is no part of what is compared
    run = Run(Client(case.get("capabilities", []), log, wire), "t", {})
    run.prompt = case["prompt"]
    with set_trace_context(TRACE, parent_trace_id=case.get("parent")):
        try:
            await agent(run)
        except Exception as broken:
            log.append({"raised": type(broken).__name__})
    if run.trace.status != "error" and Model.script:
        raise RuntimeError(f"{case['name']}: {len(Model.script)} answers were not asked for")
    spans = [json.loads(line) for line in span_file.read_text().splitlines()] if span_file.exists() else []
    steps = [span["attributes"]["hud.payload"] for span in spans]
    for step in steps:
        step.pop("started_at", None), step.pop("ended_at", None)
    ending = {"status": run.trace.status, "stop_reason": run.trace.stop_reason, "content": run.trace.content}
    kept = case | {"requests": Model.asked, "did": log, "wire": wire, "steps": steps, "ending": ending}
    (HERE / kind / (case["name"] + ".json")).write_text(json.dumps(without_the_clients_words(kept), indent=1) + "\n")


# a pattern of the client's words, and what is compared of them
WORDS = [
    (r"^the arguments for this ('.*?') call arrived .*?Received: (.*)\. [^.]*\.$", r"<incomplete \1 \2>"),
    (r"^Computer call (\S+) stopped .*?\n(.*)$", r"<stopped \1>\n\2"),
    (r"^Computer tool result missing screenshot for call (\w+): (.*)$", r"<no screenshot \1>\n\2"),
    (r"^Output too large: .*? first (\d+) .*? last (\d+) .*?, (\d+) omitted.*?\n(.*)\.\.\. \[\d+ [^]]*\] \.\.\.", r"<cut \1 \2 \3>\n\4<cut>"),
    (r"computer action ('.*?') failed: [^\n]*", r"computer action \1 failed: <why>"),
    (r"^(actions list is empty|actions must be .*|text is required for response|type is required)", r"<why>"),
    (r"(<stopped .*?>\n)(actions list is empty|text is required for response|type is required)", r"\1<why>"),
    (r"\nScreenshot capture also failed: .*", r"<no screenshot either>"),
    (r"^Model emitted shell_call.*$", "<empty shell call>"),
    (r"^Gemini returned no candidates.*$", "<no candidates>"),
    (r"^Provider returned a malformed function call$", "<malformed call>"),
    (r"^contents are required\.$", "<no contents>"),
    (r"^peer closed connection.*$", "<broke off>"),
    (r"^SSH connection lost during operation$", "<lost>"),
    (r"^tool error: SSH connection lost during operation$", "tool error: <lost>"),
]


def neutral(value, ids):
    """A copy in which ids that are drawn stand by their order, and the client's own words by what they say."""
    if isinstance(value, dict):
        return {key: neutral(member, ids) for key, member in value.items()}
    if isinstance(value, list):
        return [neutral(item, ids) for item in value]
    if not isinstance(value, str) or value == TRACE:
        return value
    for pattern, said in WORDS:
        value = re.sub(pattern, said, value, flags=re.DOTALL)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f-]{21}", lambda id: ids.setdefault(id[0], f"id-{len(ids) + 1}"), value)


def without_the_clients_words(kept):
    """Descriptions stay where the environment's own server gave them."""
    given = {tool["name"] for c in kept.get("capabilities", []) for tool in c.get("tools", [])}
    for request in kept["requests"]:
        for tool in request["body"].get("tools", []):
            for declared in tool.get("functionDeclarations", []):
                if declared["name"] not in given and "__" not in declared["name"]:
                    declared.pop("description")
                    for property_ in declared["parameters_json_schema"]["properties"].values():
                        property_.pop("description")
    ids = {}
    return kept | {name: neutral(kept[name], ids) for name in ("steps", "requests")}


async def main():
    sys.path.insert(0, str(HERE))
    from gemini_cases import CASES as gemini
    from openai_cases import CASES as openai

    for kind, cases in (("openai", openai), ("gemini", gemini)):
        (HERE / kind).mkdir(exist_ok=True)
        for case in cases:
            if len(sys.argv) < 2 or case["name"] in sys.argv[1:]:
                await record(kind, case)
                print(kind, case["name"])


asyncio.run(main())
