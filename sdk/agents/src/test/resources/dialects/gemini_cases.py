# SPDX-License-Identifier: Apache-2.0
"""The conversations of Gemini's streamGenerateContent that are recorded."""

from openai_cases import CONTENT, PLAIN, PNG, SCREEN, SHELL, server, tool

USAGE = {"promptTokenCount": 11, "candidatesTokenCount": 7, "cachedContentTokenCount": 3, "totalTokenCount": 18}


def chunk(*parts, finish=None, usage=None, version="served", **rest):
    candidate = {"index": 0} | ({"content": {"role": "model", "parts": list(parts)}} if parts else {}) | rest
    candidate |= {"finishReason": finish} if finish else {}
    return {"candidates": [candidate]} | ({"usageMetadata": usage} if usage else {}) | ({"modelVersion": version} if version else {})


def stream(*parts, finish="STOP", **rest):
    return {"events": [chunk(*parts, finish=finish, usage=USAGE, **rest)]}


def call(name, **arguments):
    return {"functionCall": {"name": name, "args": arguments}}


def says(words):
    return stream({"text": words})


def case(name, answers, prompt="Go.", capabilities=(), hosted={}, **config):
    return {"name": name, "hosted": hosted, "config": {"max_steps": 20} | config, "prompt": prompt, "capabilities": list(capabilities), "answers": answers}


POINT = {"x": 500, "y": 999}
ACTIONS = [
    call("take_screenshot"), call("click", **POINT), call("double_click", **POINT), call("triple_click", x=0, y=0),
    call("middle_click", **POINT), call("right_click", **POINT), call("move", x=333, y=1), call("mouse_down", **POINT),
    call("mouse_up", x=10.5, y=20), call("type", text="Hi\n"), call("type", text="a", x=100, y=100, press_enter=True),
    call("type", text="b", x=100), call("drag_and_drop", start_x=0, start_y=0, end_x=999, end_y=999),
    call("scroll", direction="down", **POINT), call("scroll", direction="up", magnitude_in_pixels=50, **POINT),
    call("scroll", direction="left", magnitude_in_pixels=999, **POINT), call("wait"), call("wait", seconds=0.02),
    call("press_key", key="cmd+ shift +T"), call("hotkey", keys=["ctrl", "ArrowUp"]), call("key_down", key="Meta"),
    call("key_up", key="Meta")]
FAILING = [call("click", x=1), call("type"), call("scroll", direction="aslant", **POINT), call("press_key", key="no such key"),
           call("press_key", key="+"), call("key_down", key=""), call("hotkey"), call("drag_and_drop", start_x=1),
           call("click", x="1", y=2), call("wait", seconds="soon")]

FILES = {
    "cat -- a.txt": {"stdout": "one\ntwo\nthree\nfour"}, "cat -- gone": {"stderr": "cat: gone: No such file\n", "status": 1},
    "cat -- silent": {"status": 2}, "cat -- a": {"stdout": "aXbX"}, "ls -1A -- d": {"stdout": "b\na\n"}, "ls -1A -- e": {},
    "ls -1A -- gone": {"stderr": "ls: no\n", "status": 2}, "grep -rn x .": {"status": 1}, "make": {"stdout": "ok\n", "stderr": "warn\n"},
    "cat > 'no where/f'": {"stderr": "bash: no such folder\n", "status": 1},
}

GROUNDING = {
    "groundingChunks": [{"web": {"uri": "http://a", "title": "A"}}, {"retrievedContext": {"uri": "x"}}, {"web": {"uri": "http://c"}},
                        {"web": {"title": "no address"}}],
    "groundingSupports": [
        {"segment": {"startIndex": 1, "endIndex": 5, "text": "seg"}, "groundingChunkIndices": [0, 1, 9]},
        {"groundingChunkIndices": [0]}, {"segment": {"endIndex": 2}}]}

CASES = [
    case("answers", [says("4")], model="m1", system_prompt="Be brief."),
    case("the_configs_fields", [says("4")], model="m1", temperature=0.5, top_p=0.9, top_k=7, max_output_tokens=50, thinking_level="low",
         citations_enabled=True),
    case("no_thoughts", [says("4")], include_thoughts=False),
    case("a_level_without_thoughts", [says("4")], include_thoughts=False, thinking_level="minimal"),
    case("a_prompt_of_turns", [says("ok")], prompt=[
        {"role": "system", "content": "s"}, {"role": "user", "content": [{"type": "text", "text": "a"},
         {"type": "image", "data": PNG, "mimeType": "image/png"}]}, {"role": "assistant", "content": "b"}, "c"]),
    case("no_turns_at_all", [says("ok")], prompt=[]),
    case("thoughts_in_chunks", [
        {"events": [chunk({"text": "think ", "thought": True}), chunk({"text": "more", "thought": True}), chunk({"text": "I "}),
                    chunk({"text": "look", "thoughtSignature": "c2ln"}, usage=USAGE), {"usageMetadata": USAGE | {"candidatesTokenCount": 9}},
                    chunk({"text": "", "thoughtSignature": "c2ln_-8="}), chunk({"functionCall": {"name": "glob", "args": {"pattern": "*"},
                    "id": "given"}, "thoughtSignature": "AA=="}, finish="STOP", version=None), {"modelVersion": "last"}]},
        says("done")], capabilities=[SHELL]),
    case("odd_parts", [
        {"events": [chunk({"executableCode": {"language": "PYTHON", "code": "1"}}, {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}},
                          {"inlineData": {"mimeType": "image/png", "data": PNG}}, {"text": "seen"}, call("glob", pattern="x"), finish="STOP")]},
        says("done")], capabilities=[SHELL]),
    case("grounded", [stream({"text": "Paris"}, groundingMetadata=GROUNDING)]),
    case("cut_off", [stream({"text": "half"}, finish="MAX_TOKENS")]),
    case("unsafe", [stream(finish="SAFETY")]),
    case("an_unknown_finish_reason", [stream({"text": "x"}, finish="OUT_OF_INK")]),
    case("no_finish_reason", [{"events": [chunk({"text": "half"})]}]),
    case("nothing_said", [stream()]),
    case("no_candidates", [{"events": [{"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": USAGE}]}]),
    case("an_empty_stream", [{"events": []}]),
    case("a_single_json_answer", [{"body": chunk({"text": "whole"}, finish="STOP")}]),
    case("a_malformed_call", [stream(finish="MALFORMED_FUNCTION_CALL")]),
    case("an_error_in_the_stream", [
        {"events": [chunk({"text": "a"}), {"error": {"code": 503, "message": "over", "status": "UNAVAILABLE"}}]}]),
    case("a_stream_that_breaks_off", [{"events": [chunk({"text": "a"})], "breaks_off": True}]),
    case("files", [
        stream(call("read_file", file_path="a.txt"), call("read_file", file_path="a.txt", start_line=2, end_line=3),
               call("read_file", file_path="a.txt", start_line=3), call("read_file", file_path="a.txt", start_line=0, end_line=1),
               call("read_file", file_path="a.txt", start_line=4, end_line=2), call("read_file", file_path="gone"),
               call("read_file", file_path="silent"), call("read_file")),
        stream(call("write_file", file_path="f", content="h\u00e9"), call("write_file", file_path="f"),
               call("write_file", file_path="no where/f", content="x"),
               call("replace", file_path="a", old_string="X", new_string="Y"), call("replace", file_path="a", old_string="Z", new_string="Y"),
               call("replace", file_path="new", old_string="", new_string="all"), call("replace", file_path="gone", old_string="a", new_string="b")),
        stream(call("list_directory", dir_path="d"), call("list_directory", dir_path="e"), call("list_directory", dir_path="gone"),
               call("grep_search", pattern="x"), call("grep_search", pattern="a b", dir_path="d e", include_pattern="*.py"),
               call("glob", pattern="*.py"), call("glob", pattern="a", dir_path="d"), call("list_directory"), call("grep_search", pattern="")),
        stream(call("run_shell_command", command="make"), call("run_shell_command", command="make", dir_path="d e", description="builds"),
               call("run_shell_command", command=""), call("run_shell_command")),
        says("done")], capabilities=[SHELL | FILES]),
    case("the_workspace_is_lost", [stream(call("run_shell_command", command="a")) for _ in range(3)],
         capabilities=[SHELL | {"a": {"lost": True}}]),
    case("long_results", [stream(call("run_shell_command", command="long")), says("done")],
         capabilities=[SHELL | {"long": {"stdout": "0123456789" * 10}}], max_tool_result_chars=33),
    case("results_without_bound", [stream(call("run_shell_command", command="long")), says("done")],
         capabilities=[SHELL | {"long": {"stdout": "0123456789" * 10}}], max_tool_result_chars=0),
    case("a_long_error", [stream(call("run_shell_command", command="long")), says("done")],
         capabilities=[SHELL | {"long": {"stdout": "0123456789" * 10, "status": 1}}], max_tool_result_chars=33),
    case("computer", [stream(*ACTIONS), says("done")], capabilities=[SCREEN]),
    case("computer_errors", [stream(*FAILING), says("done")], capabilities=[SCREEN]),
    case("excluded_functions", [stream(call("click", **POINT), call("type", text="a")), says("done")],
         capabilities=[SCREEN, server("page", [tool("click", PLAIN)], {"click": {"content": [{"type": "text", "text": "clicked"}]}})],
         excluded_predefined_functions=["click", "wait"]),
    case("old_screenshots", [
        stream(call("click", **POINT), call("move", **POINT)), stream(call("take_screenshot")), stream(call("look")), stream(call("wait")),
        stream(call("take_screenshot")), says("done")],
        capabilities=[SCREEN, server("docs", [tool("look", PLAIN)],
                                     {"look": {"content": [{"type": "image", "data": PNG, "mimeType": "image/png"}]}})],
        screenshot_encoding={"mime_type": "image/webp", "quality": 50}),
    case("functions", [
        stream(call("look", q="a"), call("fails", q="b"), call("breaks", q="c"), call("structured", q="d"), call("silent", q="e"),
               call("silent_error", q="f"), call("nowhere"), {"functionCall": {"name": "look"}}), says("done")],
        capabilities=[server("docs", [tool(n, PLAIN) for n in ("look", "fails", "breaks", "structured", "silent", "silent_error")], {
            "look": {"content": CONTENT},
            "fails": {"content": [{"type": "text", "text": "it failed"}], "isError": True},
            "breaks": {"raises": "server is gone"},
            "structured": {"content": [], "structuredContent": {"a": 1}},
            "silent": {"content": []}, "silent_error": {"content": [], "isError": True}})]),
    case("functions_of_two_servers", [stream(call("one__look", q="a"), call("two__look", q="b")), says("done")],
         capabilities=[server("one", [tool("look", PLAIN)], {"look": {"content": []}}), SHELL, SCREEN,
                       server("two", [tool("look", PLAIN)], {"look": {"content": []}})]),
    case("a_tool_without_description", [], capabilities=[server("docs", [{"name": "bare", "inputSchema": PLAIN}], {})]),
    case("calls_for_ever", [stream(call("nowhere")) for _ in range(3)], max_steps=3),
    case("stops_on_length", [stream(call("nowhere"), finish="MAX_TOKENS")], stop_on=["length"]),
    case("citations_with_tools", [says("ok")], capabilities=[SHELL, SCREEN], citations_enabled=True),
    case("hosted_tools", [says("ok")], capabilities=[SHELL], citations_enabled=True,
         hosted={"google_search": {}, "url_context": {}, "code_execution": {}}),
    case("asked_again_until_answered", [
        {"status": 503, "body": {"error": {"code": 503, "message": "full", "status": "UNAVAILABLE"}}},
        {"status": 429, "body": {"error": {"code": 429, "message": "slow", "status": "RESOURCE_EXHAUSTED"}}}, says("ok")]),
    case("asked_five_times", [
        {"status": 503, "body": {"error": {"code": 503, "message": f"full {n}", "status": "UNAVAILABLE"}}} for n in range(5)]),
    case("a_bad_request", [{"status": 400, "body": {"error": {"code": 400, "message": "bad field", "status": "INVALID_ARGUMENT"}}}]),
    case("a_conflict_is_not_asked_again", [{"status": 409, "body": {"error": {"code": 409, "message": "no", "status": "ABORTED"}}}]),
]
