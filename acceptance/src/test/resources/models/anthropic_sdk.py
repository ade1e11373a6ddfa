# SPDX-License-Identifier: Apache-2.0
"""The `anthropic` client, whole and streamed, on models of every provider. See cases.py."""

import json

import anthropic
import pydantic
from anthropic import Anthropic, AsyncAnthropic, beta_async_tool
from cases import BASE_URL, GATEWAY, KEY, case, main, play, turns

CLIENT = AsyncAnthropic(base_url=BASE_URL, api_key=KEY, max_retries=0)
MODELS = ["claude-sonnet-4-6", "gpt-5.6", "gemini-3.1-pro-preview", "x-ai/grok-4-1-fast"] if GATEWAY else ["claude-sonnet-4-6"]
TOOLS = [{"name": "weather", "description": "The weather of a city.", "input_schema": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}]
WORDS = "Grüße, 世界! Three words 🙂."
ASKS = {"calls": [{"name": "weather", "arguments": {"city": "Zürich"}}]}
FAILURES = {400: anthropic.BadRequestError, 404: anthropic.NotFoundError, 429: anthropic.RateLimitError, 500: anthropic.InternalServerError,
            503: anthropic.InternalServerError, 529: anthropic.InternalServerError}
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


async def ask(model, prompt, streamed=False, client=CLIENT, **more):
    messages = prompt if isinstance(prompt, list) else [{"role": "user", "content": prompt}]
    more = {"max_tokens": 500} | more
    if not streamed:
        return await client.messages.create(model=model, messages=messages, **more)
    async with client.messages.stream(model=model, messages=messages, **more) as stream:
        async for _ in stream:
            pass
        return await stream.get_final_message()


def said(answer):
    return "".join(block.text for block in answer.content if block.type == "text")


def cases_of(model, streamed):
    how = f"messages, {'streamed' if streamed else 'whole'}, {model}: "

    @case(how + "a text with its usage")
    async def text():
        answer = await ask(model, play(text=WORDS), streamed, system="Be brief.")
        assert (said(answer), answer.stop_reason, answer.type, answer.role) == (WORDS, "end_turn", "message", "assistant"), answer
        usage = answer.usage
        assert (usage.input_tokens, usage.cache_read_input_tokens, usage.output_tokens) == (100, 20, 30), usage

    @case(how + "a tool is called, and what it gave is taken")
    async def tool():
        messages = [{"role": "user", "content": turns(ASKS, {"text": "It rains."})}]
        first = await ask(model, messages, streamed, tools=TOOLS, tool_choice={"type": "auto", "disable_parallel_tool_use": True})
        call = next(block for block in first.content if block.type == "tool_use")
        assert (first.stop_reason, call.name, call.input) == ("tool_use", "weather", {"city": "Zürich"}), first
        messages += [{"role": "assistant", "content": [{"type": "tool_use", "id": call.id, "name": call.name, "input": call.input}]},
                     {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "is_error": False, "content": [
                         {"type": "text", "text": "rain"}]}]}]
        assert said(await ask(model, messages, streamed, tools=TOOLS)) == "It rains."

    @case(how + "an answer that is cut off says so")
    async def length():
        answer = await ask(model, play(text="half of", finish="length"), streamed, max_tokens=20)
        assert answer.stop_reason == "max_tokens", answer

    @case(how + "a picture is taken")
    async def picture():
        content = [{"type": "text", "text": play(text="a dot"), "cache_control": {"type": "ephemeral"}},
                   {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}]
        assert said(await ask(model, [{"role": "user", "content": content}], streamed)) == "a dot"

    @case(how + "a tool that failed, and a message of the system in between")
    async def odd():
        messages = [{"role": "user", "content": turns(ASKS, {"text": "It rains."})}, {"role": "system", "content": "Be brief."}]
        first = await ask(model, messages, streamed, tools=TOOLS)
        call = next(block for block in first.content if block.type == "tool_use")
        failed = {"type": "tool_result", "tool_use_id": call.id, "is_error": True, "content": "no such city"}
        messages += [{"role": "assistant", "content": [{"type": "tool_use", "id": call.id, "name": call.name, "input": call.input}]},
                     {"role": "user", "content": [failed]}]
        assert said(await ask(model, messages, streamed, tools=TOOLS)) == "It rains."


for one in MODELS:
    for streamed in (False, True):
        cases_of(one, streamed)


@case("messages: a thought with its signature goes there and back")
async def thinking():
    for streamed in (False, True):
        messages = [{"role": "user", "content": turns({"thinking": "Let me see.", **ASKS}, {"text": "It rains."})}]
        first = await ask("claude-sonnet-4-6", messages, streamed, tools=TOOLS, thinking={"type": "adaptive"})
        thought, call = first.content
        assert (thought.type, thought.thinking, bool(thought.signature)) == ("thinking", "Let me see.", True), first
        messages += [{"role": "assistant", "content": [thought.model_dump(include={"type", "thinking", "signature"}),
                                                       call.model_dump(include={"type", "id", "name", "input"})]},
                     {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "rain"}]}]
        assert said(await ask("claude-sonnet-4-6", messages, streamed, tools=TOOLS, thinking={"type": "adaptive"})) == "It rains."


@case("messages: a thought that nobody may read goes there and back")
async def redacted():
    for streamed in (False, True):
        messages = [{"role": "user", "content": turns({"redacted": True, **ASKS}, {"text": "It rains."})}]
        first = await ask("claude-sonnet-4-6", messages, streamed, tools=TOOLS, thinking={"type": "adaptive"})
        thought, call = first.content
        assert thought.type == "redacted_thinking", first
        messages += [{"role": "assistant", "content": [thought.model_dump(include={"type", "data"}),
                                                       call.model_dump(include={"type", "id", "name", "input"})]},
                     {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "rain"}]}]
        assert said(await ask("claude-sonnet-4-6", messages, streamed, tools=TOOLS, thinking={"type": "adaptive"})) == "It rains."


@case("messages: a computer is used, and its screen comes back as a picture")
async def computer():
    tools = [{"type": "computer_20251124", "name": "computer", "display_width_px": 800, "display_height_px": 600, "display_number": 1}]
    clicks = {"calls": [{"name": "computer", "arguments": {"action": "left_click", "coordinate": [3, 4]}}]}
    for streamed in (False, True):
        messages = [{"role": "user", "content": turns(clicks, {"text": "Clicked."})}]
        asked = {"model": "claude-sonnet-4-6", "max_tokens": 500, "tools": tools, "betas": ["computer-use-2025-11-24"]}
        for answered in ("tool_use", "end_turn"):
            if streamed:
                async with CLIENT.beta.messages.stream(messages=messages, **asked) as stream:
                    answer = await stream.get_final_message()
            else:
                answer = await CLIENT.beta.messages.create(messages=messages, **asked)
            assert answer.stop_reason == answered, answer
            if answered == "tool_use":
                call = answer.content[0]
                assert (call.name, call.input) == ("computer", {"action": "left_click", "coordinate": [3, 4]}), call
                shot = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
                messages += [{"role": "assistant", "content": [{"type": "tool_use", "id": call.id, "name": call.name, "input": call.input}]},
                             {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "is_error": False, "content": [shot]}]}]
        assert said(answer) == "Clicked."


@case("messages: a computer is refused by its name where nobody has one", gateway_only=True)
async def no_computer():
    tools = [{"type": "computer_20251124", "name": "computer", "display_width_px": 800, "display_height_px": 600, "display_number": 1}]
    for model in MODELS[1:]:
        try:
            await CLIENT.beta.messages.create(model=model, max_tokens=9, messages=[{"role": "user", "content": "Hi."}], tools=tools)
        except anthropic.BadRequestError as refused:
            assert "computer_20251124" in str(refused), refused
        else:
            raise AssertionError("it was answered")


@case("messages: documents in every form, and where an answer has its words from")
async def documents():
    place = {"type": "char_location", "cited_text": "Rain.", "document_index": 0, "document_title": "Weather", "start_char_index": 0,
             "end_char_index": 5, "file_id": None}
    given = [{"type": "document", "title": "Weather", "citations": {"enabled": True}, "source": {
                 "type": "text", "media_type": "text/plain", "data": "Rain."}},
             {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQK"}},
             {"type": "document", "source": {"type": "url", "url": "https://example.org/a.pdf"}},
             {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "More rain."}]}},
             {"type": "text", "text": play(text="Rain.", citations=[place])}]
    for streamed in (False, True):
        answer = await ask("claude-sonnet-4-6", [{"role": "user", "content": given}], streamed)
        assert answer.content[0].citations[0].cited_text == "Rain.", answer
    for model in MODELS[1:]:
        try:
            await ask(model, [{"role": "user", "content": given}])
        except anthropic.BadRequestError as refused:
            assert "citations" in str(refused) or "source" in str(refused), refused
        else:
            raise AssertionError("it was answered")


@case("messages: every reason to stop passes as it is")
async def reasons():
    for reason in ("pause_turn", "model_context_window_exceeded", "stop_sequence", "refusal"):
        for streamed in (False, True):
            assert (await ask("claude-sonnet-4-6", play(text="Hm.", stop=reason), streamed)).stop_reason == reason


@case("messages: what only Anthropic has passes there, and is refused by its name elsewhere")
async def native():
    for more in ({"service_tier": "standard_only"}, {"container": "container_1"},
                 {"mcp_servers": [{"type": "url", "name": "m", "url": "https://example.org/mcp"}],
                  "tools": [{"type": "mcp_toolset", "mcp_server_name": "m"}]},
                 {"context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]}}):
        asked = {"max_tokens": 50, "messages": [{"role": "user", "content": play(text="Yes.")}], "betas": ["mcp-client-2025-11-20"]} | more
        assert said(await CLIENT.beta.messages.create(model="claude-sonnet-4-6", **asked)) == "Yes."
        if not GATEWAY or "service_tier" in more:
            continue
        try:
            await CLIENT.beta.messages.create(model="gpt-5.6", **asked)
        except anthropic.BadRequestError as refused:
            assert any(name in str(refused) for name in (*more, "mcp_toolset")), refused
        else:
            raise AssertionError(f"{more} was answered")


class City(pydantic.BaseModel):
    city: str


@case("messages: an answer in a form of the client's own is parsed, whole and streamed")
async def parsed():
    for model in MODELS[:3]:
        asked = {"model": model, "max_tokens": 500, "messages": [{"role": "user", "content": play(text='{"city": "Bern"}')}]}
        assert (await CLIENT.messages.parse(output_format=City, **asked)).parsed_output == City(city="Bern")
        async with CLIENT.messages.stream(output_format=City, **asked) as stream:
            assert (await stream.get_final_message()).parsed_output == City(city="Bern")


@case("messages: the client's own runner of tools goes through", gateway_only=True)   # it asks for a thread first
async def runner():
    for model in MODELS:
        for streamed in (False, True):
            asked = []

            @beta_async_tool
            async def weather(city: str) -> str:
                """The weather of a city."""
                asked.append(city)
                return "rain"

            messages = [{"role": "user", "content": turns(ASKS, {"text": "It rains."})}]
            run = CLIENT.beta.messages.tool_runner(model=model, max_tokens=500, tools=[weather], messages=messages, stream=streamed)
            if streamed:
                async for stream in run:
                    last = await stream.get_final_message()
            else:
                last = await run.until_done()
            assert (said(last), asked) == ("It rains.", ["Zürich"]), last


@case("messages: the answer as it came over the wire")
async def raw():
    asked = {"model": "claude-sonnet-4-6", "max_tokens": 100, "messages": [{"role": "user", "content": play(text="Hi.")}]}
    answer = await CLIENT.messages.with_raw_response.create(**asked)
    assert said(await answer.parse()) == "Hi." and answer.headers["request-id"], answer.headers
    async with CLIENT.messages.with_streaming_response.create(**asked) as streamed:
        assert json.loads(await streamed.text())["content"][0]["text"] == "Hi."
    async with CLIENT.messages.stream(**asked) as stream:
        assert "".join([text async for text in stream.text_stream]) == "Hi." and await stream.get_final_text() == "Hi."


@case("messages: the address may end in a slash")
async def addresses():
    assert said(await ask("claude-sonnet-4-6", play(text="Hi."), False, AsyncAnthropic(base_url=BASE_URL + "/", api_key=KEY, max_retries=0))) == "Hi."


@case("messages: a refusal says why")
async def refusal():
    for streamed in (False, True):
        answer = await ask("claude-sonnet-4-6", play(refusal="I will not."), streamed)
        assert (answer.stop_reason, answer.stop_details.explanation) == ("refusal", "I will not."), answer


@case("messages: an empty list of tools, and more marks for the cache than a provider takes", gateway_only=True)
async def repaired():
    texts = ("1", "2", "3", "4", "5", play(text="Yes."))
    blocks = [{"type": "text", "text": text, "cache_control": {"type": "ephemeral"}} for text in texts]
    for streamed in (False, True):
        answer = await ask("claude-sonnet-4-6", [{"role": "user", "content": blocks}], streamed, tools=[],
                           tool_choice={"type": "auto", "disable_parallel_tool_use": True})
        assert said(answer) == "Yes.", answer


@case("messages: betas and the tools that Anthropic defines pass")
async def betas():
    answer = await CLIENT.beta.messages.create(
        model="claude-sonnet-4-6", max_tokens=500, messages=[{"role": "user", "content": play(text="Yes.")}],
        betas=["computer-use-2025-11-24", "some-beta-of-next-year"],
        tools=[{"type": "bash_20250124", "name": "bash"}, {"type": "text_editor_20250728", "name": "str_replace_based_edit_tool"},
               {"type": "computer_20251124", "name": "computer", "display_width_px": 800, "display_height_px": 600, "display_number": 1}])
    assert said(answer) == "Yes.", answer


@case("messages: tokens are counted")
async def counted():
    count = await CLIENT.messages.count_tokens(model="claude-sonnet-4-6", messages=[{"role": "user", "content": "Hi."}])
    assert count.input_tokens == 120, count
    count = await CLIENT.beta.messages.count_tokens(model="claude-sonnet-4-6", messages=[{"role": "user", "content": "Hi."}],
                                                    tools=[{"type": "bash_20250124", "name": "bash"}])
    assert count.input_tokens == 120, count


@case("messages: the synchronous client too")
def synchronous():
    with Anthropic(base_url=BASE_URL, api_key=KEY, max_retries=0) as client:
        asked = {"model": "claude-sonnet-4-6", "max_tokens": 100, "messages": [{"role": "user", "content": play(text="Hi.")}]}
        assert said(client.messages.create(**asked)) == "Hi."
        with client.messages.stream(**asked) as stream:
            assert "".join(stream.text_stream) == "Hi."


for status, kind in FAILURES.items():
    @case(f"messages: a provider's {status}")
    async def failure(status=status, kind=kind):
        for streamed in (False, True):
            try:
                await ask("claude-sonnet-4-6", play(fail={"status": status, "message": f"the words of a {status}"}), streamed)
            except kind as failed:
                assert failed.status_code == status, failed.status_code
                assert failed.body["type"] == "error" and f"the words of a {status}" in failed.body["error"]["message"], failed.body
                assert "anthropic-ratelimit-requests-remaining" not in failed.response.headers or not GATEWAY, failed.response.headers
                assert failed.response.headers.get("request-id"), failed.response.headers
            else:
                raise AssertionError("it was answered")


@case("messages: a failure that passes is waited out", gateway_only=True)
async def passing():
    for status in (429, 503, 529):
        await ask("claude-sonnet-4-6", play(text="Yes.", fail={"status": status, "times": 2, "headers": {"retry-after": "0"}}))
        await ask("claude-sonnet-4-6", play(text="Yes.", fail={"status": status, "times": 1}), True)


@case("messages: a stream that breaks ends in an error, wherever it breaks")
async def broken():
    for turn in ({"cut": 5}, {"end": 5}, {"break": 5}, {"cut_bytes": 900}) if GATEWAY else ({"cut": 5}, {"break": 5}):
        try:
            await ask("claude-sonnet-4-6", play(text="one two three four five six seven eight", **turn), True)
        except anthropic.APIStatusError as told:
            assert told.body["error"]["type"] in ("api_error", "overloaded_error", "timeout_error"), told.body
        except Exception as transport:
            assert not GATEWAY, transport
        else:
            raise AssertionError(f"it passed for whole: {turn}")


@case("messages: a wrong key, and a model that nobody has", gateway_only=True)
async def refused():
    for streamed in (False, True):
        try:
            await ask("claude-sonnet-4-6", "Hi.", streamed, AsyncAnthropic(base_url=BASE_URL, api_key="sk-not-this-one", max_retries=0))
        except anthropic.AuthenticationError as told:
            assert told.body["error"]["type"] == "authentication_error", told.body
        else:
            raise AssertionError("it was answered")
        try:
            await ask("claude-sonnet-46", "Hi.", streamed)
        except anthropic.NotFoundError as told:
            assert told.body["error"]["type"] == "not_found_error" and "claude-sonnet-4-6" in json.dumps(told.body), told.body
        else:
            raise AssertionError("it was answered")


@case("messages: models are listed")
async def models():
    names = [model.id async for model in CLIENT.models.list()]
    assert "claude-sonnet-4-6" in names, names
    if GATEWAY:
        assert (await CLIENT.models.retrieve("claude-sonnet-4-6")).id == "claude-sonnet-4-6"


if __name__ == "__main__":
    main()
