# SPDX-License-Identifier: Apache-2.0
"""The conversations of the Responses API that are recorded."""

KEY = "pinned"
SHELL = {"name": "shell", "protocol": "ssh/2"}
SCREEN = {"name": "screen", "protocol": "rfb/3.8", "width": 800, "height": 600}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def response(id, *output, **rest):
    usage = {"input_tokens": 11, "output_tokens": 7, "total_tokens": 18,
             "input_tokens_details": {"cached_tokens": 3}, "output_tokens_details": {"reasoning_tokens": 2}}
    body = {"id": id, "object": "response", "created_at": 1, "model": "served", "output": list(output), "usage": usage,
            "parallel_tool_calls": True, "tool_choice": "auto", "tools": []}
    return {"body": body | rest}


def message(*parts):
    return {"type": "message", "id": "m", "role": "assistant", "status": "completed", "content": list(parts)}


def text(words, *annotations):
    return {"type": "output_text", "text": words, "annotations": list(annotations)}


def says(id, words, **rest):
    return response(id, message(text(words)), **rest)


def function(id, name, arguments):
    return {"type": "function_call", "id": "i" + id, "call_id": id, "name": name, "arguments": arguments, "status": "completed"}


def shell(id, **action):
    return {"type": "shell_call", "id": "i" + id, "call_id": id, "status": "completed", "action": action}


def computer(id, *actions, checks=(), **rest):
    call = {"type": "computer_call", "id": "i" + id, "call_id": id, "status": "completed", "pending_safety_checks": list(checks)}
    return call | ({"actions": list(actions)} if actions else {}) | rest


def tool(name, schema, **rest):
    return {"name": name, "description": "Does " + name + ".", "inputSchema": schema} | rest


def server(name, tools, results):
    return {"name": name, "protocol": "mcp/2025-11-25", "tools": tools, "results": results}


def case(name, answers, prompt="Go.", capabilities=(), hosted={}, **config):
    return {"name": name, "hosted": hosted, "config": {"prompt_cache_key": KEY, "max_steps": 20} | config, "prompt": prompt,
            "capabilities": list(capabilities), "answers": answers}


PLAIN = {"type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"]}

# every row of the conversion, one tool each
SCHEMAS = {
    "empty": {},
    "no_properties": {"type": "object"},
    "optional_with_default": {"$schema": "s", "title": "T", "type": "object", "additionalProperties": True, "required": ["a"],
                              "properties": {"a": {"type": "string", "minLength": 1, "format": "date", "pattern": "x"},
                                             "b": {"type": "integer", "default": 3, "minimum": 1, "maximum": 9}}},
    "open_object": {"type": "object", "properties": {"m": {"type": "object", "additionalProperties": {"type": "string"}}}},
    "tuple_of_one_type": {"type": "object", "properties": {"p": {"type": "array", "minItems": 2,
                                                                   "prefixItems": [{"type": "number"}, {"type": "number"}]}}},
    "tuple_of_two_types": {"type": "object", "properties": {"p": {"type": "array",
                                                                    "prefixItems": [{"type": "number"}, {"type": "string"}]}}},
    "one_of": {"type": "object", "properties": {"v": {"oneOf": [{"type": "string", "title": "S"}, {"type": "null"}],
                                                        "anyOf": [{"type": "integer", "multipleOf": 2}]}}},
    "all_of_one": {"type": "object", "properties": {"v": {"allOf": [{"$ref": "#/$defs/D"}], "description": "d"}},
                   "$defs": {"D": {"type": "object", "properties": {"k": {"type": "string", "default": ""}}}}},
    "all_of_two": {"type": "object", "properties": {"v": {"allOf": [{"type": "object", "properties": {"a": {"type": "null"}}},
                                                                     {"type": "object"}]}}},
    "reference_alone": {"type": "object", "properties": {"v": {"$ref": "#/$defs/D"}}, "$defs": {"D": {"enum": ["x"], "title": "D"}}},
    "reference_with_siblings": {"type": "object", "properties": {"v": {"$ref": "#/$defs/D", "description": "mine", "default": "x"}},
                                "$defs": {"D": {"enum": ["x"], "description": "theirs", "title": "D"}}},
    "reference_to_nothing": {"type": "object", "properties": {"v": {"$ref": "#/$defs/None", "description": "d"}}},
    "outside_reference": {"type": "object", "properties": {"v": {"$ref": "http://x/y", "description": "d"}}},
    "definitions": {"type": "object", "properties": {"v": {"$ref": "#/definitions/D"}},
                    "definitions": {"D": {"type": "object", "properties": {"a": {"const": 1, "examples": [1]}}}}},
    "array_of_objects": {"type": "object", "properties": {"v": {"type": "array", "uniqueItems": True,
                                                                  "items": {"type": "object", "properties": {"a": {"type": "string"}}}}}},
    "property_that_is_no_schema": {"type": "object", "properties": {"v": True}},
    "conditional": {"type": "object", "properties": {"a": {"type": ["string", "null"], "not": {"const": "b"}}},
                    "if": {"required": ["a"]}, "then": {}, "else": {}, "dependentRequired": {"a": []}, "patternProperties": {},
                    "propertyNames": {}, "unevaluatedProperties": False, "minProperties": 1, "maxProperties": 2, "readOnly": True},
}

CONTENT = [
    {"type": "text", "text": "words"},
    {"type": "image", "data": PNG, "mimeType": "image/png"},
    {"type": "resource_link", "name": "l", "uri": "http://x/y"},
    {"type": "resource", "resource": {"uri": "file:///a", "text": "inside"}},
    {"type": "resource", "resource": {"uri": "file:///b", "blob": "QUJD", "mimeType": "application/pdf"}},
    {"type": "audio", "data": "QUJD", "mimeType": "audio/wav"},
]

CLICKS = [
    {"type": "screenshot"},
    {"type": "click", "x": 10, "y": 20, "button": "left"},
    {"type": "click", "x": 11, "y": 21, "button": "right", "keys": ["CTRL", "shift"]},
    {"type": "click", "x": 12, "y": 22, "button": "wheel"},
    {"type": "double_click", "x": 13, "y": 23},
    {"type": "scroll", "x": 14, "y": 24, "scroll_x": 5, "scroll_y": 2},
    {"type": "scroll", "x": 14, "y": 24, "scroll_x": 0, "scroll_y": -3, "keys": ["alt"]},
    {"type": "type", "text": "Hi\r\nThere\t!"},
    {"type": "wait"},
    {"type": "wait", "ms": 20},
    {"type": "move", "x": 15, "y": 25},
    {"type": "keypress", "keys": ["ctrl", "Enter"]},
    {"type": "keypress", "keys": ["F5"]},
    {"type": "drag", "path": [{"x": 0, "y": 0}, {"x": 40, "y": 20}, {"x": 41, "y": 20}], "keys": ["meta"]},
    {"type": "response", "text": "seen"},
]

CASES = [
    case("answers", [says("r1", "4")], model="m1", system_prompt="Be brief."),
    case("the_configs_fields", [says("r1", "4")], model="m1", max_output_tokens=50, temperature=0.5, reasoning={"effort": "low"},
         tool_choice="auto", text={"verbosity": "low"}, truncation="auto", parallel_tool_calls=False, citations_enabled=True),
    case("a_prompt_of_turns", [says("r1", "ok")], prompt=[
        {"role": "system", "content": "s"}, {"role": "user", "content": [{"type": "text", "text": "a"},
         {"type": "image", "data": PNG, "mimeType": "image/png"}]}, {"role": "assistant", "content": "b"}, "c"]),
    case("no_turns_at_all", [says("r1", "ok")], prompt=[]),
    case("reasoning_and_citations", [response(
        "r1",
        {"type": "reasoning", "id": "x", "summary": [{"type": "summary_text", "text": "one "}, {"type": "summary_text", "text": "two"}]},
        {"type": "reasoning", "id": "y", "summary": []},
        {"type": "web_search_call", "id": "w", "status": "completed", "action": {"type": "search", "query": "q"}},
        message(text("Paris", {"type": "url_citation", "url": "http://p", "title": "P", "start_index": 0, "end_index": 5}),
                {"type": "refusal", "refusal": "no"},
                text("!", {"type": "file_citation", "file_id": "f1", "filename": "a.pdf", "index": 0},
                     {"type": "file_path", "file_id": "f2", "index": 0}))), ]),
    case("a_refusal", [response("r1", message({"type": "refusal", "refusal": "I will not."}))]),
    case("cut_off", [says("r1", "half", status="incomplete", incomplete_details={"reason": "max_output_tokens"})]),
    case("filtered", [says("r1", "half", incomplete_details={"reason": "content_filter"})]),
    case("no_usage", [says("r1", "4", usage=None)]),
    case("usage_without_details", [says("r1", "4", usage={"input_tokens": 1, "output_tokens": 2, "total_tokens": 3})]),
    case("nothing_said", [response("r1")]),
    case("shell", [
        response("r1", shell("c1", commands=["pwd", "false"]), shell("c2", commands=["slow"], timeout_ms=1500, max_output_length=100)),
        response("r2", shell("c3", commands=["long"], max_output_length=30), shell("c4", commands=["long"], max_output_length=0),
                 shell("c5", commands=["both"], max_output_length=40), shell("c6", commands=["errors"], max_output_length=5)),
        response("r3", shell("c7", commands=["it's"], timeout_ms=250), shell("c8", commands=["x"], timeout_ms=0),
                 shell("c9", commands=["x"], timeout_ms=120000), shell("c10", commands=["x"], timeout_ms=1234567)),
        says("r4", "done")],
        capabilities=[SHELL | {"pwd": {"stdout": "/w\n"}, "false": {"stderr": "no\n", "status": 1}, "long": {"stdout": "x" * 50},
                                "timeout 1.5s bash -lc slow": {"stdout": "a\n", "status": 124},
                                "both": {"stdout": "o" * 30, "stderr": "e" * 30}, "errors": {"stderr": "0123456789"}}]),
    case("shell_commands_that_are_none", [
        response("r1", shell("c1", commands=["a", 5])), response("r2", shell("c2", commands="one")), response("r3", shell("c3")),
        response("r4", shell("c4", commands=["a"], max_output_length="many")), says("r5", "done")], capabilities=[SHELL]),
    case("an_empty_shell_call_is_asked_again", [
        response("r1", shell("c1", commands=["a"])), response("r2", shell("c2", commands=[])), says("r3", "done")], capabilities=[SHELL]),
    case("an_empty_shell_call_at_the_end", [response("r1", shell("c1", commands=[]))], capabilities=[SHELL], max_steps=1),
    case("the_workspace_is_lost", [
        response(f"r{n}", shell(f"c{n}", commands=["a"])) for n in range(1, 4)], capabilities=[SHELL | {"a": {"lost": True}}]),
    case("a_shell_that_no_environment_offers", [response("r1", shell("c1", commands=["a"])), says("r2", "ok")]),
    case("a_screen_that_no_environment_offers", [
        response("r1", computer("c1", {"type": "screenshot"})), says("r2", "ok")]),
    case("computer", [response("r1", computer("c1", *CLICKS)), says("r2", "done")], capabilities=[SCREEN]),
    case("a_single_action", [
        response("r1", computer("c1", action={"type": "click", "x": 1, "y": 2, "button": "left"})),
        response("r2", computer("c2", action={"type": "response", "text": "hello"})),
        says("r3", "done")], capabilities=[SCREEN], screenshot_encoding={"mime_type": "image/webp", "quality": 50}),
    case("computer_errors", [
        response("r1", computer("c1", {"type": "move", "x": 1, "y": 2}, {"type": "click", "x": 1, "y": 2, "button": "back"},
                                {"type": "type", "text": "never"})),
        response("r2", computer("c2")),
        response("r3", computer("c3", {"type": "keypress", "keys": []})),
        response("r4", computer("c4", {"type": "drag", "path": [{"x": 1, "y": 1}]})),
        response("r5", computer("c5", {"type": "wait", "ms": -1})),
        response("r6", computer("c6", {"type": "custom", "action": "a"})),
        response("r7", computer("c7", {"type": "keypress", "keys": ["no such key"]})),
        response("r8", computer("c8", {"type": "type"})),
        response("r9", computer("c9", {"type": "response"})),
        response("r10", computer("c10", {"x": 1})),
        response("r11", computer("c11", {"type": "click", "x": 1, "y": 1, "button": "left", "keys": "ctrl"})),
        response("r12", computer("c12", {"type": "move", "x": 1, "y": None})),
        says("r13", "done")], capabilities=[SCREEN]),
    case("safety_checks", [
        response("r1", computer("c1", {"type": "screenshot"}, checks=[
            {"id": "s1", "code": "malicious", "message": "Careful"}, {"id": "s2", "code": None, "message": None}])),
        says("r2", "done")], capabilities=[SCREEN]),
    case("no_picture_after_an_error", [response("r1", computer("c1", {"type": "nonsense"}))], capabilities=[SCREEN | {"failing": [1]}]),
    case("functions", [
        response("r1", function("c1", "look", '{"q": "a"}'), function("c2", "look", "")),
        response("r2", function("c3", "fails", '{"q": "b"}'), function("c4", "breaks", '{"q": "c"}')),
        response("r3", function("c5", "structured", '{"q": "d"}'), function("c6", "silent", '{"q": "e"}')),
        says("r4", "done")],
        capabilities=[server("docs", [tool(n, PLAIN) for n in ("look", "fails", "breaks", "structured", "silent", "a.b")], {
            "look": {"content": CONTENT},
            "fails": {"content": [{"type": "text", "text": "it failed"}], "isError": True},
            "breaks": {"raises": "server is gone"},
            "structured": {"content": [{"type": "text", "text": "{\"a\": 1}"}], "structuredContent": {"a": 1, "u": "\u00e9", "f": 1.0}},
            "silent": {"content": []}})]),
    case("functions_of_two_servers", [
        response("r1", function("c1", "one__look", '{"q": "a"}'), function("c2", "two__look", '{"q": "b"}')), says("r2", "done")],
        capabilities=[server("one", [tool("look", PLAIN)], {"look": {"content": []}}), SHELL,
                      server("two", [tool("look", PLAIN)], {"look": {"content": []}})]),
    case("malformed_arguments", [
        response("r1", function("c1", "look", '{"q": "a'), function("c2", "look", "[1]"), function("c3", "nowhere", "{}"),
                 function("c4", "look", "null"), function("c5", "look", "NaN")),
        says("r2", "done")],
        capabilities=[server("docs", [tool("look", PLAIN)], {"look": {"content": [{"type": "text", "text": "w"}]}})]),
    case("stops_on_malformed_arguments", [response("r1", function("c1", "look", "{"))], stop_on=["malformed_tool_call"]),
    case("stops_on_length", [response("r1", function("c1", "look", "{}"), incomplete_details={"reason": "max_output_tokens"})],
         stop_on=["length"]),
    case("two_calls_of_one_id", [response("r1", function("c1", "look", "{}"), function("c1", "look", "{}")), says("r2", "done")],
         capabilities=[server("docs", [tool("look", PLAIN)], {"look": {"content": [{"type": "text", "text": "w"}]}})]),
    case("calls_for_ever", [response(f"r{n}", function(f"c{n}", "look", "{}")) for n in range(3)], max_steps=3),
    case("strict_schemas", [says("r1", "ok")], capabilities=[server("docs", [tool(n, s) for n, s in SCHEMAS.items()], {})]),
    case("a_tool_without_description", [], capabilities=[server("docs", [{"name": "bare", "inputSchema": PLAIN}], {})]),
    case("everything_offered", [says("r1", "ok")], capabilities=[
        server("docs", [tool("look", PLAIN)], {}), SCREEN, SHELL, SHELL | {"name": "second"}]),
    case("tool_search", [says("r1", "ok")], hosted={"tool_search": {"threshold": 1}, "code_interpreter": {"container": {"type": "auto"}}},
         capabilities=[SHELL, server("docs", [tool("a", PLAIN), tool("b", PLAIN)], {})]),
    case("tool_search_of_few", [says("r1", "ok")], hosted={"tool_search": {}}, capabilities=[server("docs", [tool("a", PLAIN)], {})]),
    case("asked_again_until_answered", [
        {"status": 503, "headers": {"retry-after-ms": "1"}, "body": {"error": {"message": "full"}}},
        {"status": 429, "headers": {"retry-after-ms": "1"}, "body": {"error": {"message": "slow"}}}, says("r1", "ok")]),
    case("a_bad_request", [{"status": 400, "body": {"error": {"message": "bad field", "type": "invalid_request_error"}}}]),
    case("a_later_bad_request", [
        response("r1", shell("c1", commands=["a"])), {"status": 400, "body": {"error": {"message": "bad field"}}}], capabilities=[SHELL]),
    case("not_to_be_asked_again", [{"status": 503, "headers": {"x-should-retry": "false"}, "body": {"error": {"message": "over"}}}]),
]
