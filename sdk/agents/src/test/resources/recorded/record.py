# SPDX-License-Identifier: Apache-2.0
"""Records what the published client's own agents send, do and keep in scripted conversations.

    python -m venv v && v/bin/pip install 'hud==0.6.21' 'typer<0.29'
    v/bin/python record.py */*.json

Each conversation is a file in the folder of its agent's type; what is seen is written into the same file. The agents are the client's,
with their providers' libraries; the model behind them is a server in this process, and the environment is a stand-in. Nothing leaves the
machine.

What a file tells:
  config, hosted   the agent's config, and the tools of the provider's side that it is given
  prompt           as a task's start gives it
  capabilities     of the environment, in its order: each with name and protocol, and
                     a shell: what each command says (stdout, stderr, status, lost), others succeed in silence; or `folder`, the files of
                     a real one ({path: text or {"base64": …}})
                     a screen: width, height, failing (which captures do); image (base64 PNG), or a capture is the count of captures so far
                     a server: tools, and results by tool (or `raises`)
  answers          of the model, in order: body, events or text; status, headers, breaks_off
and what was seen:
  requests         with their paths, headers and bodies
  did              each command that was played, call of a tool and move on the screen
  steps            as they are uploaded
  ending           status, stop reason and content

The words in which the client describes its own tools, and those that it has for its models where nobody is bound to them, are not ours to
copy: the former are left out, of the latter stands what they say.
"""

import asyncio
import base64
import inspect
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SPANS = tempfile.mkdtemp()
TRACE = "2b0e365b-20f6-4f3b-b114-738e592b4f44"
HEADERS = ("authorization", "x-goog-api-key", "trace-id", "content-type", "anthropic-beta", "anthropic-version", "x-mine")
SEEN = ("requests", "did", "steps", "ending")


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
        self.send_response(answer.get("status", 200))
        for name, value in answer.get("headers", {}).items():
            self.send_header(name, value)
        text = "".join(map(event, answer["events"])) if "events" in answer else answer.get("text", json.dumps(answer.get("body")))
        self.send_header("content-type", "text/event-stream" if "events" in answer else "application/json")
        self.send_header("content-length", str(len(text.encode()) + (100 if answer.get("breaks_off") else 0)))
        self.close_connection = bool(answer.get("breaks_off"))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


def event(told):
    """Anthropic names its events, Google ends lines as HTTP does."""
    return f"event: {told['type']}\ndata: {json.dumps(told)}\n\n" if "type" in told else f"data: {json.dumps(told)}\r\n\r\n"


server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
threading.Thread(target=server.serve_forever, daemon=True).start()
for name in ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY"):
    os.environ.pop(name, None)
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
from hud.agents.gemini.tools.hosted import GeminiCodeExecutionTool, GeminiGoogleSearchTool, GeminiUrlContextTool  # noqa: E402
from hud.agents.openai.tools import OpenAICodeInterpreterTool, OpenAIToolSearchTool  # noqa: E402
from hud.agents.tools import rfb as rfb_tool  # noqa: E402
from hud.capabilities import MCPClient, RFBClient, SSHClient  # noqa: E402
from hud.capabilities.base import Capability  # noqa: E402
from hud.capabilities.ssh import SSHConnectionError  # noqa: E402
from hud.eval.run import Run  # noqa: E402
from hud.telemetry import exporter  # noqa: E402
from hud.telemetry.context import set_trace_context  # noqa: E402
from hud.types import AgentType, MCPToolResult  # noqa: E402

exporter._ensure_worker = lambda: None  # spans go to the folder only


class Shell(SSHClient):
    """Says of each command what the script says of it; or runs it, in a folder of its own."""

    def __init__(self, cap, script, log):
        super().__init__(cap, None)
        self.script, self.log = script, log
        if "folder" in script:
            self.folder = tempfile.TemporaryDirectory()
            for path, content in script["folder"].items():
                data = base64.b64decode(content["base64"]) if isinstance(content, dict) else content.encode()
                (Path(self.folder.name) / path).write_bytes(data)

    async def run(self, command, *, check=False, encoding="utf-8", input=None, **rest):
        if "folder" in self.script:
            given = b"" if input is None else input.encode() if isinstance(input, str) else input
            done = subprocess.run(["bash", "-lc", command], cwd=self.folder.name, capture_output=True, input=given)
            out, err, status = done.stdout, done.stderr, done.returncode
        else:
            self.log.append({"command": command} | ({"stdin": input} if input is not None else {}))
            said = self.script.get(command, {})
            if said.get("lost"):
                raise SSHConnectionError("SSH connection lost during operation")
            out, err, status = said.get("stdout", "").encode(), said.get("stderr", "").encode(), said.get("status", 0)
        if encoding is not None:
            out, err = out.decode(encoding, "replace"), err.decode(encoding, "replace")
        if check and status:
            raise asyncssh.ProcessError(None, command, None, status, None, status, out, err)
        return asyncssh.SSHCompletedProcess(command=command, exit_status=status, returncode=status, stdout=out, stderr=err)

    async def close(self):
        pass


class Display:
    def __init__(self):
        self.writer = type("Nowhere", (), {"write": lambda self, data: None})()
        self.mouse, self.keyboard = asyncvnc.Mouse(self.writer), asyncvnc.Keyboard(self.writer)


class Screen(RFBClient):
    """A display of a size, that looks as the script says."""

    def __init__(self, cap, script, log):
        self.capability, self.script, self.log, self.shots = cap, script, log, 0
        self._conn = Display()

    width = property(lambda self: self.script["width"])
    height = property(lambda self: self.script["height"])

    async def drain(self):
        pass

    async def screenshot_png(self, encoding):
        self.shots += 1
        if self.shots in self.script.get("failing", []):
            raise ConnectionError("the display is gone")
        if "image" in self.script:
            return base64.b64decode(self.script["image"]), "image/png"
        return f"shot {self.shots}?>".encode(), encoding.mime_type

    async def close(self):
        pass


class Server(MCPClient):
    def __init__(self, cap, script, log):
        self.capability, self.script, self.log = cap, script, log

    async def list_tools(self):
        return [mcp_types.Tool.model_validate(tool) for tool in self.script["tools"]]

    async def call_tool(self, name, arguments):
        self.log.append({"tool": name, "arguments": arguments})
        result = self.script["results"][name]
        if "raises" in result:
            raise RuntimeError(result["raises"])
        return MCPToolResult.model_validate(result)

    async def close(self):
        pass


HOSTED = {
    "code_interpreter": OpenAICodeInterpreterTool, "tool_search": OpenAIToolSearchTool,
    "google_search": GeminiGoogleSearchTool, "url_context": GeminiUrlContextTool, "code_execution": GeminiCodeExecutionTool,
}
KINDS = {"ssh/2": Shell, "rfb/3.8": Screen, "mcp/2025-11-25": Server}


class Client:
    """As much of a connected environment as an agent looks at."""

    def __init__(self, capabilities, log):
        self.capabilities, self.log, self.manifest = capabilities, log, self
        self.bindings = [Capability(name=c["name"], protocol=c["protocol"], url="x://h:1", params={}) for c in capabilities]

    async def open(self, name):
        index = [c["name"] for c in self.capabilities].index(name)
        return KINDS[self.bindings[index].protocol](self.bindings[index], self.capabilities[index], self.log)


VERBS = {name: getattr(rfb_tool.RFBTool, name) for name in (
    "screenshot", "move", "click", "mouse_down", "mouse_up", "scroll", "drag", "type_text", "press_keys", "key_down", "key_up", "hold_key",
    "wait")}


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


async def at_once(seconds, *rest, sleep=asyncio.sleep):
    await sleep(0)


async def seen(kind, case):
    Model.script, Model.asked = list(case["answers"]), []
    log = []
    take_down(log)
    rfb_tool.asyncio = type("asyncio", (), {"sleep": staticmethod(at_once)})
    span_file = Path(SPANS) / (TRACE.replace("-", "") + ".jsonl")
    span_file.unlink(missing_ok=True)
    agent_type = AgentType(kind)
    hosted = [HOSTED[name](**given) for name, given in case.get("hosted", {}).items()]
    agent = agent_type.cls(agent_type.config_cls(**case["config"], hosted_tools=hosted))
    if kind == "gemini":
        agent.gemini_client._api_client._async_retry.wait = lambda state: 0  # how long it waits is no part of what is compared
    run = Run(Client(case["capabilities"], log), "t", {})
    run.prompt = case["prompt"]
    with set_trace_context(TRACE):
        try:
            await agent(run)
        except Exception as broken:
            log.append({"raised": type(broken).__name__})
    if run.trace.status != "error" and Model.script:
        raise RuntimeError(f"{len(Model.script)} answers were not asked for")
    spans = [json.loads(line) for line in span_file.read_text().splitlines()] if span_file.exists() else []
    steps = [span["attributes"]["hud.payload"] for span in spans]
    for step in steps:
        step.pop("started_at", None), step.pop("ended_at", None)
    ending = {"status": run.trace.status, "stop_reason": run.trace.stop_reason, "content": run.trace.content}
    return {"requests": Model.asked, "did": log, "steps": steps, "ending": ending}


# a pattern of the client's words, and what is compared of them
WORDS = [
    (r"No changes to apply: .*identical\.", "<the same>"),
    (r"oldString cannot be empty .*replacement\.", "<exists>"),
    (r"old(_s|S)tring not found in ", "<absent> "),
    (r"oldString matches (\d+) times in (.*); .*", r"<several> \1 \2"),
    (r"Offset (\d+) is out of range .*\((\d+) lines\)", r"<beyond> \1 \2"),
    (r"restart is unnecessary; .*", "<no restart>"),
    (r"command is required unless .*", "<no command>"),
    (r"This request was refused (\(.*\))\.", r"<refused> \1"),
    (r"\[Earlier tool-result image .*]", "<an image before>"),
    (r"Your previous tool-call arguments .*\nMalformed .*?: ", "<no JSON> "),
    (r"Unable to parse tool parameter JSON.*JSON: ", "<no JSON at last> "),
    (r"Unknown content block type: .*", "<unknown block>"),
    (r"(cannot identify image file) <.*>", r"\1"),
    (r"`text` .*required for (\w+)", r"<no text> \1"),
    (r"region must .*", "<no region>"),
    (r"unsupported computer action: .*", "<no such action>"),
    (r"`insert_line` must be an integer", "<no number>"),
    (r"insert_line (-?\d+) out of range .* (\d+) lines\)", r"<no line> \1 \2"),
    (r"(\w+) must be a positive integer", r"<\1 from 1 on>"),
    (r"(?s)the arguments for this ('.*?') call arrived .*?Received: (.*)\. [^.]*\.$", r"<incomplete \1 \2>"),
    (r"(?s)^Computer call (\S+) stopped .*?\n(.*)$", r"<stopped \1>\n\2"),
    (r"(?s)^Computer tool result missing screenshot for call (\w+): (.*)$", r"<no screenshot \1>\n\2"),
    (r"(?s)^Output too large: .*? first (\d+) .*? last (\d+) .*?, (\d+) omitted.*?\n(.*)\.\.\. \[\d+ [^]]*\] \.\.\.", r"<cut \1 \2 \3>\n\4<cut>"),
    (r"computer action ('.*?') failed: [^\n]*", r"computer action \1 failed: <why>"),
    (r"^(<stopped .*?>\n)?(actions list is empty|actions must be .*|text is required for response|type is required)", r"\1<why>"),
    (r"\nScreenshot capture also failed: .*", r"<no screenshot either>"),
    (r"^Model emitted shell_call.*$", "<empty shell call>"),
    (r"^Gemini returned no candidates.*$", "<no candidates>"),
    (r"^Provider returned a malformed function call$", "<malformed call>"),
    (r"^contents are required\.$", "<no contents>"),
    (r"^peer closed connection.*$", "<broke off>"),
    (r"^(tool error: )?SSH connection lost during operation$", r"\1<lost>"),
]
OWN = {"bash", "edit", "glob", "grep", "read", "write", "str_replace_based_edit_tool", "computer", "run_shell_command", "replace",
       "write_file", "read_file", "grep_search", "list_directory"}


def neutral(value, ids):
    """A copy in which ids that are drawn stand by their order, and the client's own words by what they say."""
    if isinstance(value, dict):
        schema = value.get("parameters", value.get("input_schema", value.get("parameters_json_schema")))
        if value.get("name") in OWN and schema is not None:
            value = {key: member for key, member in value.items() if key != "description"}
            for declared in schema["properties"].values():
                declared.pop("description", None)
        return {key: neutral(member, ids) for key, member in value.items()}
    if isinstance(value, list):
        return [neutral(item, ids) for item in value]
    if not isinstance(value, str) or value == TRACE:
        return value
    for pattern, said in WORDS:
        value = re.sub(pattern, said, value)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f-]{21}", lambda id: ids.setdefault(id[0], f"id-{len(ids) + 1}"), value)


def written(case):
    """An item of a list to a line."""
    members = []
    for name, value in case.items():
        if isinstance(value, list) and value:
            rows = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in value)
            members.append(f" {json.dumps(name)}: [\n  {rows}]")
        else:
            members.append(f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(members) + "\n}\n"


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        told = {name: value for name, value in json.loads(path.read_text()).items() if name not in SEEN}
        found, drawn = asyncio.run(seen(path.resolve().parent.name, told)), {}
        path.write_text(written(told | {name: neutral(found[name], drawn) for name in ("steps", "requests", "did", "ending")}))
        print(path)
