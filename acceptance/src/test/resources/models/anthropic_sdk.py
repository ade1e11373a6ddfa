# SPDX-License-Identifier: Apache-2.0
"""The `anthropic` client, whole and streamed, on models of every provider. See cases.py."""

import json

import anthropic
from anthropic import Anthropic, AsyncAnthropic
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


if __name__ == "__main__":
    main()
