# SPDX-License-Identifier: Apache-2.0
"""The `google-genai` client, whole and streamed, on models of every provider. See cases.py."""

import base64

from cases import BASE_URL, GATEWAY, KEY, case, main, play, turns
from google import genai
from google.genai import errors, types

CLIENT = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=BASE_URL, api_version="v1beta"))
MODELS = (["gemini-3.1-pro-preview", "gpt-5.6", "claude-sonnet-4-6", "x-ai/grok-4-1-fast"] if GATEWAY else ["gemini-3.1-pro-preview"])
TOOLS = [types.Tool(function_declarations=[types.FunctionDeclaration(
    name="weather", description="The weather of a city.",
    parameters_json_schema={"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]})])]
WORDS = "Grüße, 世界! Three words 🙂."
ASKS = {"calls": [{"name": "weather", "arguments": {"city": "Zürich"}}]}
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")


async def ask(model, contents, streamed=False, client=CLIENT, **config):
    """The parts of the answer, the last finish reason, the last usage."""
    config = types.GenerateContentConfig(automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True), **config)
    asked = {"model": model, "contents": contents, "config": config}
    if streamed:
        chunks = [chunk async for chunk in await client.aio.models.generate_content_stream(**asked)]
    else:
        chunks = [await client.aio.models.generate_content(**asked)]
    parts = [part for chunk in chunks for part in chunk.candidates[0].content.parts or ()]
    return parts, chunks[-1].candidates[0].finish_reason, chunks[-1].usage_metadata


def said(parts):
    return "".join(part.text for part in parts if part.text and not part.thought)


def cases_of(model, streamed):
    how = f"gemini, {'streamed' if streamed else 'whole'}, {model}: "

    @case(how + "a text with its usage")
    async def text():
        parts, finish, usage = await ask(model, play(text=WORDS), streamed, system_instruction="Be brief.")
        assert (said(parts), finish) == (WORDS, types.FinishReason.STOP), (parts, finish)
        assert (usage.prompt_token_count, usage.cached_content_token_count, usage.candidates_token_count) == (120, 20, 30), usage

    @case(how + "a tool is called, and what it gave is taken")
    async def tool():
        contents = [types.Content(role="user", parts=[types.Part(text=turns(ASKS, {"text": "It rains."}))])]
        parts, _, _ = await ask(model, contents, streamed, tools=TOOLS)
        call = next(part for part in parts if part.function_call)
        assert (call.function_call.name, call.function_call.args) == ("weather", {"city": "Zürich"}), parts
        answer = types.FunctionResponse(id=call.function_call.id, name="weather", response={"output": "rain"})
        contents += [types.Content(role="model", parts=parts), types.Content(role="user", parts=[types.Part(function_response=answer)])]
        assert said((await ask(model, contents, streamed, tools=TOOLS))[0]) == "It rains."

    @case(how + "an answer that is cut off says so")
    async def length():
        _, finish, _ = await ask(model, play(text="half of", finish="length"), streamed, max_output_tokens=20)
        assert finish == types.FinishReason.MAX_TOKENS, finish

    @case(how + "a picture is taken")
    async def picture():
        contents = [types.Part(text=play(text="a dot")), types.Part.from_bytes(data=PIXEL, mime_type="image/png")]
        assert said((await ask(model, contents, streamed))[0]) == "a dot"


for one in MODELS:
    for streamed in (False, True):
        cases_of(one, streamed)


@case("gemini: thoughts are marked as such")
async def thinking():
    for streamed in (False, True):
        thought = types.ThinkingConfig(include_thoughts=True)
        told = {"input": 120, "cached": 20, "output": 30, "reasoning": 10}
        prompt = play(thinking="Let me see.", text="Yes.", usage=told)
        parts, _, usage = await ask("gemini-3.1-pro-preview", prompt, streamed, thinking_config=thought)
        assert "".join(part.text for part in parts if part.thought) == "Let me see." and said(parts) == "Yes.", parts
        assert (usage.candidates_token_count, usage.thoughts_token_count) == (20, 10), usage


@case("gemini: the model may be named with its folder")
async def folder():
    assert said((await ask("models/gemini-3.1-pro-preview", play(text="Yes.")))[0]) == "Yes."


@case("gemini: tokens are counted")
async def counted():
    assert (await CLIENT.aio.models.count_tokens(model="gemini-3.1-pro-preview", contents="Hi.")).total_tokens == 120


@case("gemini: the synchronous client too")
def synchronous():
    asked = {"model": "gemini-3.1-pro-preview", "contents": play(text="Hi.")}
    assert CLIENT.models.generate_content(**asked).text == "Hi."
    assert "".join(chunk.text or "" for chunk in CLIENT.models.generate_content_stream(**asked)) == "Hi."


for status in (400, 404, 429, 500, 503):
    @case(f"gemini: a provider's {status}")
    async def failure(status=status):
        for streamed in (False, True):
            try:
                await ask("gemini-3.1-pro-preview", play(fail={"status": status, "message": f"the words of a {status}"}), streamed)
            except errors.APIError as failed:
                assert failed.code == status and f"the words of a {status}" in str(failed), failed
                assert failed.status not in (None, "UNKNOWN"), failed
            else:
                raise AssertionError("it was answered")


@case("gemini: a failure that passes is waited out", gateway_only=True)
async def passing():
    for status in (429, 503):
        await ask("gemini-3.1-pro-preview", play(text="Yes.", fail={"status": status, "times": 2, "headers": {"retry-after": "0"}}))
        await ask("gemini-3.1-pro-preview", play(text="Yes.", fail={"status": status, "times": 1}), True)


@case("gemini: a stream that breaks ends in an error, wherever it breaks")
async def broken():
    for turn in ({"cut": 3}, {"end": 3}, {"break": 3}, {"cut_bytes": 700}) if GATEWAY else ({"cut": 3}, {"break": 3}):
        try:
            await ask("gemini-3.1-pro-preview", play(text="one two three four five six seven eight", **turn), True)
        except errors.APIError as told:
            assert told.code in (500, 502, 503, 504), told
        except Exception as transport:
            assert not GATEWAY, transport
        else:
            raise AssertionError(f"it passed for whole: {turn}")


@case("gemini: a wrong key, and a model that nobody has", gateway_only=True)
async def refused():
    wrong = genai.Client(api_key="not-this-one", http_options=types.HttpOptions(base_url=BASE_URL, api_version="v1beta"))
    for streamed in (False, True):
        for client, model, code, status in ((wrong, MODELS[0], 401, "UNAUTHENTICATED"), (CLIENT, "gemini-33-pro", 404, "NOT_FOUND")):
            try:
                await ask(model, "Hi.", streamed, client)
            except errors.ClientError as told:
                assert (told.code, told.status) == (code, status), told
            else:
                raise AssertionError("it was answered")


@case("gemini: models are listed")
async def models():
    names = [model.name async for model in await CLIENT.aio.models.list()]
    assert any(name.endswith("gemini-3.1-pro-preview") for name in names), names


if __name__ == "__main__":
    main()
