# SPDX-License-Identifier: Apache-2.0
"""The four dialects as their providers speak them: what a request may hold, what it says, and how an answer is written."""

import json
import re
import warnings

import pydantic
from anthropic.types import message_count_tokens_params, message_create_params
from anthropic.types.beta import message_count_tokens_params as beta_count_tokens_params
from anthropic.types.beta import message_create_params as beta_message_create_params
from google.genai import types as google
from openai.types import embedding_create_params
from openai.types.chat import completion_create_params
from openai.types.responses import response_create_params

warnings.filterwarnings("ignore", module="pydantic")   # of types that allow more by their own declaration

SEAL = "c2VhbGVkIGJ5IG1l"
USAGE = {"input": 120, "cached": 20, "output": 30, "reasoning": 0}


class Refused(Exception):
    """The provider would not take this request."""

    def __init__(self, message, status=400, kind="invalid_request_error", headers=(), played=False):
        super().__init__(message)
        self.status, self.kind, self.headers, self.played = status, kind, dict(headers), played


# ---------------------------------------------------------------- what a request may hold

def _adapter(params, strict=True):
    """Of a list of them: settings of one's own reach a TypedDict only inside of something else."""
    return pydantic.TypeAdapter(list[params], config=pydantic.ConfigDict(extra="forbid" if strict else "allow"))


def _walk(value):
    """To the end of what pydantic would only look at when asked for. The SDKs' answers may stand in a request, but with nothing new."""
    if isinstance(value, pydantic.BaseModel):
        if value.model_extra:
            raise Refused(f"{', '.join(value.model_extra)}: Extra inputs are not permitted")
        value = dict(value)
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, (list, tuple)) and type(value).__name__ != "ValidatorIterator":
        return
    for member in value:
        _walk(member)


def check(adapter, body):
    try:
        if isinstance(adapter, type):
            adapter.model_validate(body)
        else:
            _walk(adapter.validate_python([body]))
    except pydantic.ValidationError as invalid:
        # A union tells of every choice that did not fit; the deepest are those of the one that was meant.
        faults = sorted(invalid.errors(include_url=False), key=lambda fault: (-len(fault["loc"]), fault["type"] != "extra_forbidden"))
        named = (".".join(str(step) for step in fault["loc"] if re.fullmatch("[a-z0-9_]+", str(step))) for fault in faults[:3])
        told = (f"{name}: {fault['msg']}" for name, fault in zip(named, faults))
        raise Refused("; ".join(told)) from None


def texts(content, *kinds):
    if isinstance(content, str):
        return content
    return "\n".join(part.get("text", "") for part in content or () if isinstance(part, dict) and part.get("type", "text") in kinds)


def split(text):
    """A text as a model lets it go: word by word, and the first word in two."""
    words = re.findall(r"\s*\S+\s*", text) or ([text] if text else [])
    return [words[0][:1], words[0][1:], *words[1:]] if words and len(words[0]) > 1 else words


def calls_of(turn, offered):
    """The turn's calls with names and arguments, a shell command for the shell that was offered."""
    found = []
    for call in turn.get("calls", ()):
        command = call.get("shell")
        if command is None:
            found.append((call["name"], call.get("arguments", {})))
            continue
        script = f"text(await tools.exec_command({{cmd: {json.dumps(command)}}}))"   # as the Codex CLI takes one
        for name, arguments in (("bash", {"command": command}), ("Bash", {"command": command}), ("run_shell_command", {"command": command}),
                                ("shell", {"commands": [command]}), ("exec_command", {"cmd": command}),
                                ("exec", script), ("functions__exec", {"input": script})):
            if name in offered:
                found.append((name, arguments))
                break
    return found


def sse(data, event=None):
    head = f"event: {event}\n" if event else ""
    return f"{head}data: {data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)}\n\n".encode()


# ---------------------------------------------------------------- Chat Completions

def _tokens(text):
    """A token for each character, and one at the end that says so."""
    return [*map(ord, text), 0]


def _prompt(body):
    """All that was said, as tokens: what was answered stands in it as it came out. This is told once for all choices, as vLLM does."""
    tokens = []
    for message in body["messages"]:
        said = texts(message.get("content"), "text")
        tokens += [*map(ord, f"<{message['role']}>")] + (_tokens(said) if message["role"] == "assistant" else [*map(ord, said)])
    return tokens + [*map(ord, "<assistant>")]


def _logprobs(tokens):
    return [{"token": f"token_id:{token}", "logprob": -0.25, "bytes": None, "top_logprobs": []} for token in tokens]


class Chat:
    """At OpenAI; or, not strict, at one of the many servers that take whatever else a request holds."""

    def __init__(self, strict=True):
        self.strict = strict
        self.request = _adapter(completion_create_params.CompletionCreateParams, strict)

    def accept(self, body, headers):
        check(self.request, body)
        if self.strict and body["model"].startswith("gpt-5") and body.get("max_tokens") is not None:
            raise Refused("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.")
        known = {call["id"] for message in body["messages"] for call in message.get("tool_calls") or ()}
        for message in body["messages"]:
            if message["role"] == "tool" and message["tool_call_id"] not in known:
                raise Refused(f"No tool call found for the tool message with the id {message['tool_call_id']}.")

    def said(self, body):
        return [("system" if message["role"] == "developer" else message["role"],
                 texts(message.get("content"), "text")) for message in body["messages"]]

    def offered(self, body):
        return {tool["function"]["name"] for tool in body.get("tools") or () if tool["type"] == "function"}

    def _usage(self, turn):
        usage = turn.get("usage", USAGE)
        return usage and {
            "prompt_tokens": usage["input"], "completion_tokens": usage["output"], "total_tokens": usage["input"] + usage["output"],
            "prompt_tokens_details": {"cached_tokens": usage["cached"], "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": usage.get("reasoning", 0), "audio_tokens": 0,
                                          "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0}}

    def _logprobs(self, body, parts):
        if not body.get("logprobs"):
            return None
        content = [{"token": part, "logprob": -0.25, "bytes": list(part.encode()), "top_logprobs": []} for part in parts]
        return {"content": content, "refusal": None}

    def _finish(self, turn, calls):
        return {"length": "length", "filter": "content_filter"}.get(turn.get("finish"), "tool_calls" if calls else "stop")

    def _head(self, number, body, kind):
        return {"id": f"chatcmpl-{number:08d}", "object": kind, "created": 1_790_000_000, "model": body["model"], "service_tier": "default"}

    def whole(self, number, body, turn, calls):
        message = {"role": "assistant", "content": turn.get("text"), "refusal": turn.get("refusal"), "annotations": []}
        if turn.get("thinking"):
            message["reasoning_content"] = turn["thinking"]
        if calls:
            message["tool_calls"] = [
                {"id": f"call_{number}_{at}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
                for at, (name, arguments) in enumerate(calls)]
        said = split(turn.get("text") or "")
        choice = {"message": message, "logprobs": self._logprobs(body, said), "finish_reason": self._finish(turn, calls)}
        more = {}
        if body.get("return_token_ids"):
            tokens = _tokens(turn.get("text") or "")
            choice |= {"token_ids": tokens, "stop_reason": None, "logprobs": {"content": _logprobs(tokens)}}
            more = {"prompt_logprobs": None, "prompt_token_ids": _prompt(body), "kv_transfer_params": None}
        choices = [{"index": index} | choice for index in range(body.get("n") or 1)]
        return self._head(number, body, "chat.completion") | more | {"choices": choices, "usage": self._usage(turn)}

    def events(self, number, body, turn, calls):
        told = bool((body.get("stream_options") or {}).get("include_usage"))
        head = self._head(number, body, "chat.completion.chunk") | ({"usage": None} if told else {})

        def chunk(delta, finish=None, logprobs=None, index=0, more=(), **choice):
            return sse(head | dict(more) | {"choices": [
                {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish} | choice]})

        if body.get("return_token_ids"):
            tokens = _tokens(turn.get("text") or "")
            yield chunk({"role": "assistant", "content": ""}, token_ids=None, more={"prompt_token_ids": _prompt(body)})
            for token in tokens:
                yield chunk({"content": chr(token) if token else ""}, "stop" if token == 0 else None, {"content": _logprobs([token])},
                            token_ids=[token])
            if told:
                yield sse(head | {"choices": [], "usage": self._usage(turn)})
            yield sse("[DONE]")
            return
        yield chunk({"role": "assistant", "content": "", "refusal": None})
        for index in range(1, body.get("n") or 1):
            yield chunk({"role": "assistant", "content": turn.get("text")}, self._finish(turn, calls), index=index)
        for part in split(turn.get("thinking") or ""):
            yield chunk({"reasoning_content": part})
        for part in split(turn.get("text") or ""):
            yield chunk({"content": part}, logprobs=self._logprobs(body, [part]))
        for part in split(turn.get("refusal") or ""):
            yield chunk({"refusal": part})
        for at, (name, arguments) in enumerate(calls):
            begun = {"id": f"call_{number}_{at}", "type": "function", "function": {"name": name, "arguments": ""}}
            yield chunk({"tool_calls": [{"index": at} | begun]})
            for part in split(json.dumps(arguments)):
                yield chunk({"tool_calls": [{"index": at, "function": {"arguments": part}}]})
        yield chunk({}, self._finish(turn, calls))
        if told:
            yield sse(head | {"choices": [], "usage": self._usage(turn)})
        yield sse("[DONE]")

    def error(self, status, kind, message):
        return {"error": {"message": message, "type": kind, "param": None, "code": kind}}

    def broken(self, number, body):
        return sse(self.error(500, "server_error", "The server had an error while processing your request."))


# ---------------------------------------------------------------- Responses

class Responses:
    """Keeps what it answered, as OpenAI does, so that a next request can name it."""

    def __init__(self):
        self.request = _adapter(response_create_params.ResponseCreateParams)
        self.kept = {}

    def accept(self, body, headers):
        if not headers.get("originator", "").startswith("codex"):   # the provider's own program says more than the SDK's types hold
            check(self.request, self._as_typed(body))
        before = body.get("previous_response_id")
        if before is not None and before not in self.kept:
            raise Refused(f"Previous response with id '{before}' not found.", kind="previous_response_not_found")
        known = {item.get("call_id") for item in self._items(body) if item.get("type", "").endswith("_call")}
        for item in self._items(body):
            if item.get("type", "").endswith("_call_output") and item["call_id"] not in known:
                raise Refused(f"No tool call found for {item['type']} with call_id {item['call_id']}.")

    @staticmethod
    def _as_typed(body):
        """The published client says of a screenshot how finely it is to be seen, for which the SDK's types have no member."""
        items = body.get("input")
        if not isinstance(items, list):
            return body
        return body | {"input": [
            item | {"output": {name: value for name, value in item["output"].items() if name != "detail"}}
            if isinstance(item, dict) and item.get("type") == "computer_call_output" else item for item in items]}

    def _items(self, body):
        given = body.get("input") or []
        new = [{"role": "user", "content": given}] if isinstance(given, str) else list(given)
        return self.kept.get(body.get("previous_response_id"), []) + new

    def said(self, body):
        said = [("system", body["instructions"])] if body.get("instructions") else []
        for item in self._items(body):
            kind = item.get("type", "message")
            if kind == "message":
                role = "system" if item["role"] == "developer" else item["role"]
                said.append((role, texts(item["content"], "input_text", "output_text")))
            elif kind in ("function_call", "shell_call", "custom_tool_call", "computer_call"):
                if not said or said[-1][0] != "assistant":
                    said.append(("assistant", ""))
            elif kind.endswith("_output"):
                output = [item["output"]] if isinstance(item["output"], dict) else item["output"]
                said.append(("tool", output if isinstance(output, str) else "\n".join(
                    part.get("text", part.get("stdout", "")) for part in output)))
        return said

    def offered(self, body):
        return {tool.get("name", tool["type"]): tool for tool in self._tools(body)}

    def _tools(self, body):
        """With those that the Codex CLI tells in its first item."""
        given = list(body.get("tools") or ())
        for item in self._items(body):
            if item.get("type") == "additional_tools":
                given += item["tools"]
        return given + [inner for tool in given if tool["type"] == "namespace" for inner in tool["tools"]]

    def _usage(self, turn):
        usage = turn.get("usage", USAGE)
        return usage and {
            "input_tokens": usage["input"], "input_tokens_details": {"cached_tokens": usage["cached"], "cache_write_tokens": 0},
            "output_tokens": usage["output"], "output_tokens_details": {"reasoning_tokens": usage.get("reasoning", 0)},
            "total_tokens": usage["input"] + usage["output"]}

    def _output(self, number, body, turn, calls):
        output = []
        if turn.get("thinking"):
            summary = [{"type": "summary_text", "text": turn["thinking"]}]
            output.append({"id": f"rs_{number:08d}", "type": "reasoning", "summary": summary})
            if "reasoning.encrypted_content" in (body.get("include") or ()):
                output[-1]["encrypted_content"] = SEAL
        if turn.get("text") is not None:
            output.append({"id": f"msg_{number:08d}", "type": "message", "status": "completed", "role": "assistant", "content": [
                {"type": "output_text", "text": turn["text"], "annotations": [], "logprobs": []}]})
        if turn.get("refusal"):
            output.append({"id": f"msg_{number:08d}r", "type": "message", "status": "completed", "role": "assistant", "content": [
                {"type": "refusal", "refusal": turn["refusal"]}]})
        output += turn.get("items", ())
        native = {tool["type"] for tool in body.get("tools") or ()}
        for at, (name, arguments) in enumerate(calls):
            call = {"call_id": f"call_{number}_{at}", "status": "completed"}
            if name == "shell" and "shell" in native:
                action = {"commands": arguments["commands"], "timeout_ms": None, "max_output_length": None}
                output.append({"id": f"sh_{number}_{at}", "type": "shell_call", "action": action, "environment": {"type": "local"}} | call)
            elif isinstance(arguments, str):
                output.append({"id": f"ctc_{number}_{at}", "type": "custom_tool_call", "name": name, "input": arguments} | call)
            else:
                output.append({"id": f"fc_{number}_{at}", "type": "function_call", "name": name, "arguments": json.dumps(arguments)} | call)
        return output

    def _response(self, number, body, status, output, usage, reason=None):
        return {
            "id": f"resp_{number:08d}", "object": "response", "created_at": 1_790_000_000, "status": status,
            "background": False, "error": None,
            "incomplete_details": {"reason": reason} if reason else None, "instructions": body.get("instructions"),
            "max_output_tokens": body.get("max_output_tokens"), "model": body["model"], "output": output,
            "parallel_tool_calls": body.get("parallel_tool_calls") is not False, "previous_response_id": body.get("previous_response_id"),
            "reasoning": {"effort": None, "summary": None}, "store": body.get("store") is not False, "temperature": 1.0,
            "text": {"format": {"type": "text"}}, "tool_choice": body.get("tool_choice") or "auto", "tools": list(body.get("tools") or ()),
            "top_p": 1.0, "truncation": "disabled", "usage": usage, "metadata": {}}

    def _end(self, number, body, turn, output):
        if body.get("store") is not False:
            self.kept[f"resp_{number:08d}"] = self._items(body) + output
        reason = {"length": "max_output_tokens", "filter": "content_filter"}.get(turn.get("finish"))
        return self._response(number, body, "incomplete" if reason else "completed", output, self._usage(turn), reason)

    def whole(self, number, body, turn, calls):
        return self._end(number, body, turn, self._output(number, body, turn, calls))

    def events(self, number, body, turn, calls):
        at = -1

        def event(kind, **members):
            nonlocal at
            at += 1
            return sse({"type": kind, "sequence_number": at} | members, kind)

        output = self._output(number, body, turn, calls)
        begun = self._response(number, body, "in_progress", [], None)
        yield event("response.created", response=begun)
        yield event("response.in_progress", response=begun)
        for index, item in enumerate(output):
            place = {"item_id": item["id"], "output_index": index}
            running = {"status": "in_progress"}
            match item["type"]:
                case "message":
                    part = item["content"][0]
                    inside = place | {"content_index": 0}
                    text = part.get("text", part.get("refusal"))
                    kind = "refusal" if part["type"] == "refusal" else "output_text"
                    more = {} if kind == "refusal" else {"logprobs": []}
                    yield event("response.output_item.added", output_index=index, item=item | running | {"content": []})
                    yield event("response.content_part.added", **inside, part=part | {"refusal" if kind == "refusal" else "text": ""})
                    for piece in split(text):
                        yield event(f"response.{kind}.delta", **inside, delta=piece, **more)
                    yield event(f"response.{kind}.done", **inside, **{"refusal" if kind == "refusal" else "text": text}, **more)
                    yield event("response.content_part.done", **inside, part=part)
                case "function_call":
                    yield event("response.output_item.added", output_index=index, item=item | running | {"arguments": ""})
                    for piece in split(item["arguments"]):
                        yield event("response.function_call_arguments.delta", **place, delta=piece)
                    yield event("response.function_call_arguments.done", **place, name=item["name"], arguments=item["arguments"])
                case _:
                    yield event("response.output_item.added", output_index=index, item=item)
            yield event("response.output_item.done", output_index=index, item=item)
        last = self._end(number, body, turn, output)
        yield event(f"response.{last['status']}", response=last)

    def error(self, status, kind, message):
        return {"error": {"message": message, "type": kind, "param": None, "code": kind}}

    def broken(self, number, body):
        told = {"type": "error", "code": "server_error", "message": "The server had an error.", "param": None, "sequence_number": 99}
        return sse(told, "error")


# ---------------------------------------------------------------- Messages

class Messages:
    """Anthropic's; the two versions differ in what a body may hold."""

    SAMPLING = {"temperature": float, "top_p": float, "top_k": int}   # until the version 2026-10-21

    def __init__(self):
        self.request = _adapter(message_create_params.MessageCreateParams)
        self.beta = _adapter(beta_message_create_params.MessageCreateParams)
        self.count = _adapter(message_count_tokens_params.MessageCountTokensParams)
        self.beta_count = _adapter(beta_count_tokens_params.MessageCountTokensParams)

    def accept(self, body, headers, counting=False):
        version = headers.get("anthropic-version")
        if version not in ("2023-06-01", "2026-10-21"):
            raise Refused(f"anthropic-version: {version or 'header is required'}")
        checked = dict(body)
        if version == "2023-06-01":
            for name, kind in self.SAMPLING.items():
                if not isinstance(checked.pop(name, kind()), (kind, int)):
                    raise Refused(f"{name}: must be a number")
        beta = "anthropic-beta" in headers
        check((self.beta_count if beta else self.count) if counting else (self.beta if beta else self.request), checked)
        if body.get("tool_choice") and not body.get("tools"):
            raise Refused("tool_choice: may only be specified while providing tools")
        marks = json.dumps(body).count('"cache_control": {')
        if marks > 4:
            raise Refused(f"A maximum of 4 blocks with cache_control may be provided. Found {marks}.")
        called = set()
        for message in body["messages"]:
            for block in message["content"] if isinstance(message["content"], list) else ():
                if block["type"] == "tool_use":
                    called.add(block["id"])
                elif block["type"] == "tool_result" and block["tool_use_id"] not in called:
                    raise Refused(f"unexpected tool_use_id found in tool_result blocks: {block['tool_use_id']}")
                elif block["type"] == "thinking" and block["signature"] != SEAL:
                    raise Refused("Invalid signature in thinking block")
                elif block["type"] == "redacted_thinking" and block["data"] != SEAL:
                    raise Refused("Invalid data in redacted_thinking block")

    def said(self, body):
        said = [("system", texts(body["system"], "text"))] if body.get("system") else []
        for message in body["messages"]:
            content = message["content"]
            if isinstance(content, list):
                said += [("tool", texts(block.get("content"), "text")) for block in content if block["type"] == "tool_result"]
            text = texts(content, "text")
            if text or message["role"] == "assistant":
                said.append((message["role"], text))
        return said

    def offered(self, body):
        return {tool.get("name", tool.get("type")) for tool in body.get("tools") or ()}

    def _usage(self, turn, output=None):
        usage = turn.get("usage", USAGE) or {"input": 0, "cached": 0, "output": 0}
        return {"input_tokens": usage["input"] - usage["cached"],
                "cache_creation_input_tokens": 0, "cache_read_input_tokens": usage["cached"],
                "output_tokens": usage["output"] if output is None else output, "service_tier": "standard"}

    def _finish(self, turn, calls):
        if turn.get("refusal"):
            return "refusal"
        if turn.get("stop"):
            return turn["stop"]
        return {"length": "max_tokens", "filter": "refusal"}.get(turn.get("finish"), "tool_use" if calls else "end_turn")

    def _content(self, number, turn, calls):
        content = []
        if turn.get("thinking"):
            content.append({"type": "thinking", "thinking": turn["thinking"], "signature": SEAL})
        if turn.get("redacted"):
            content.append({"type": "redacted_thinking", "data": SEAL})
        if turn.get("text"):
            content.append({"type": "text", "text": turn["text"], "citations": turn.get("citations")})
        return content + [{"type": "tool_use", "id": f"toolu_{number}_{at}", "name": name, "input": arguments}
                          for at, (name, arguments) in enumerate(calls)]

    def _message(self, number, body, content, finish, usage, turn):
        message = {"id": f"msg_{number:08d}", "type": "message", "role": "assistant", "model": body["model"], "content": content,
                   "stop_reason": finish, "stop_sequence": None, "usage": usage}
        if finish == "refusal":
            message["stop_details"] = {"type": "refusal", "category": None, "explanation": turn.get("refusal")}
        return message

    def whole(self, number, body, turn, calls):
        return self._message(number, body, self._content(number, turn, calls), self._finish(turn, calls), self._usage(turn), turn)

    def events(self, number, body, turn, calls):
        def event(kind, **members):
            return sse({"type": kind} | members, kind)

        yield event("message_start", message=self._message(number, body, [], None, self._usage(turn, 1), turn))
        yield event("ping")
        for index, block in enumerate(self._content(number, turn, calls)):
            match block["type"]:
                case "text":
                    empty = {"text": "", "citations": None}
                    deltas = [{"type": "text_delta", "text": part} for part in split(block["text"])]
                    deltas += [{"type": "citations_delta", "citation": citation} for citation in block["citations"] or ()]
                case "thinking":
                    empty = {"thinking": "", "signature": ""}
                    deltas = [{"type": "thinking_delta", "thinking": part} for part in split(block["thinking"])]
                    deltas.append({"type": "signature_delta", "signature": block["signature"]})
                case "redacted_thinking":
                    empty, deltas = {}, []
                case _:
                    empty = {"input": {}}
                    deltas = [{"type": "input_json_delta", "partial_json": part} for part in ["", *split(json.dumps(block["input"]))]]
            yield event("content_block_start", index=index, content_block=block | empty)
            for delta in deltas:
                yield event("content_block_delta", index=index, delta=delta)
            yield event("content_block_stop", index=index)
        finish = self._finish(turn, calls)
        delta = {"stop_reason": finish, "stop_sequence": None}
        if finish == "refusal":
            delta["stop_details"] = {"type": "refusal", "category": None, "explanation": turn.get("refusal")}
        yield event("message_delta", delta=delta, usage=self._usage(turn))
        yield event("message_stop")

    def error(self, status, kind, message):
        return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_stand_in"}

    def broken(self, number, body):
        return sse(self.error(529, "overloaded_error", "Overloaded"), "error")


# ---------------------------------------------------------------- Gemini

class _Generate(google._common.BaseModel):
    """A body of generateContent: the SDK has the types of its members, but none of the whole."""

    contents: list[google.Content]
    system_instruction: google.Content | None = None
    tools: list[google.Tool] | None = None
    tool_config: google.ToolConfig | None = None
    safety_settings: list[google.SafetySetting] | None = None
    generation_config: google.GenerationConfig | None = None
    cached_content: str | None = None
    labels: dict[str, str] | None = None
    service_tier: google.ServiceTier | None = None


class _Embed(google._common.BaseModel):
    model: str
    content: google.Content
    task_type: str | None = None
    title: str | None = None
    output_dimensionality: int | None = None


class Embeds(google._common.BaseModel):
    requests: list[_Embed]


class _Count(google._common.BaseModel):
    contents: list[google.Content] | None = None
    generate_content_request: _Generate | None = None


def _either(holder, name):
    """A member in Google's spelling, or in the other that Google takes too."""
    snake = re.sub(r"[A-Z]", lambda letter: "_" + letter[0].lower(), name)
    return holder.get(name, holder.get(snake))


class Gemini:

    def accept(self, body, headers, counting=False):
        check(_Count if counting else _Generate, body)
        for content in body.get("contents") or ():
            calls = [part for part in content.get("parts") or () if _either(part, "functionCall")]
            if content.get("role") == "model" and calls and _either(calls[0], "thoughtSignature") is None:
                raise Refused("Function call is missing a thought_signature in functionCall parts.")

    def said(self, body):
        system = _either(body, "systemInstruction")
        said = [("system", self._text(system))] if system else []
        for content in body["contents"]:
            for part in content.get("parts") or ():
                if answered := _either(part, "functionResponse"):
                    said.append(("tool", json.dumps(answered.get("response"))))
            text = self._text(content)
            if content.get("role") == "model":
                said.append(("assistant", text))
            elif text:
                said.append(("user", text))
        return said

    def _text(self, content):
        return "\n".join(part["text"] for part in content.get("parts") or () if part.get("text") and not part.get("thought"))

    def offered(self, body):
        return {declared["name"] for tool in body.get("tools") or () for declared in _either(tool, "functionDeclarations") or ()}

    def _parts(self, number, turn, calls):
        parts = [{"text": piece, "thought": True} for piece in split(turn.get("thinking") or "")]
        parts += [{"text": piece} for piece in split(turn.get("text") or turn.get("refusal") or "")]
        parts += turn.get("parts", ())
        sealed = [{"functionCall": {"name": name, "args": arguments}} for name, arguments in calls]
        if sealed:
            sealed[0]["thoughtSignature"] = SEAL
        return parts + sealed

    def _answer(self, number, body, parts, finish, turn):
        candidate = {"content": {"parts": parts, "role": "model"}, "index": 0}
        answer = {"candidates": [candidate], "modelVersion": body["model"], "responseId": f"gemini-{number:08d}"}
        if finish:
            candidate["finishReason"] = finish
        usage = turn.get("usage", USAGE)
        if usage:
            answer["usageMetadata"] = {
                "promptTokenCount": usage["input"], "cachedContentTokenCount": usage["cached"],
                "candidatesTokenCount": usage["output"] - usage.get("reasoning", 0), "totalTokenCount": usage["input"] + usage["output"]}
            if usage.get("reasoning"):
                answer["usageMetadata"]["thoughtsTokenCount"] = usage["reasoning"]
        return answer

    def _finish(self, turn):
        return "SAFETY" if turn.get("refusal") else {"length": "MAX_TOKENS", "filter": "SAFETY"}.get(turn.get("finish"), "STOP")

    def _blocked(self, number, body, turn):
        return {"promptFeedback": {"blockReason": turn["blocked"]}, "modelVersion": body["model"], "responseId": f"gemini-{number:08d}",
                "usageMetadata": {"promptTokenCount": 120, "totalTokenCount": 120}}

    def whole(self, number, body, turn, calls):
        if turn.get("blocked"):
            return self._blocked(number, body, turn)
        return self._answer(number, body, self._parts(number, turn, calls), self._finish(turn), turn)

    def events(self, number, body, turn, calls):
        if turn.get("blocked"):
            yield sse(self._blocked(number, body, turn))
            return
        parts = self._parts(number, turn, calls) or [{"text": ""}]
        for at, part in enumerate(parts):
            yield sse(self._answer(number, body, [part], self._finish(turn) if at == len(parts) - 1 else None, turn))

    def error(self, status, kind, message):
        name = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
                429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}.get(status, "UNKNOWN")
        return {"error": {"code": status, "message": message, "status": name}}

    def broken(self, number, body):
        return sse(self.error(503, "", "The model is overloaded."))


EMBEDDINGS = _adapter(embedding_create_params.EmbeddingCreateParams)
