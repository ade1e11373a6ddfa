# SPDX-License-Identifier: Apache-2.0
"""The `google-genai` client, whole and streamed, on models of every provider. See cases.py."""

import base64
import json
import urllib.request

import pydantic
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


@case("gemini: without alt=sse a stream is a list, an error too", gateway_only=True)
def listed():
    for model in MODELS:
        for text, status in ((play(text=WORDS), 200), (play(fail={"status": 400, "message": "not today"}), 400)):
            body = json.dumps({"contents": [{"role": "user", "parts": [{"text": text}]}]}).encode()
            request = urllib.request.Request(f"{BASE_URL}/v1beta/models/{model}:streamGenerateContent?key={KEY}", body,
                                             {"content-type": "application/json"})
            try:
                answer = urllib.request.urlopen(request)
            except urllib.error.HTTPError as refused:
                answer = refused
            told = json.loads(answer.read())
            assert answer.status == status and isinstance(told, list), told
            if status == 200:
                chunks = [types.GenerateContentResponse.model_validate(chunk) for chunk in told]
                assert "".join(chunk.text or "" for chunk in chunks) == WORDS and len(chunks) > 1, told
            else:
                assert told[0]["error"]["status"] == "INVALID_ARGUMENT" and "not today" in told[0]["error"]["message"], told


@case("gemini: a blocked prompt and what only Google answers with pass as they are")
async def native():
    code = {"executableCode": {"language": "PYTHON", "code": "print(3)"}}
    result = {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "3"}}
    shown = {"inlineData": {"mimeType": "image/png", "data": base64.urlsafe_b64encode(PIXEL).decode()}}
    for streamed in (False, True):
        asked = {"model": "gemini-3.1-pro-preview", "contents": play(blocked="SAFETY")}
        blocked = ([chunk async for chunk in await CLIENT.aio.models.generate_content_stream(**asked)][-1] if streamed
                   else await CLIENT.aio.models.generate_content(**asked))
        assert blocked.prompt_feedback.block_reason == types.BlockedReason.SAFETY and not blocked.candidates, blocked
        tools = [types.Tool(code_execution=types.ToolCodeExecution()), types.Tool(google_search=types.GoogleSearch())]
        parts, _, _ = await ask("gemini-3.1-pro-preview", play(parts=[code, result, shown], text="3"), streamed, tools=tools)
        assert [part.code_execution_result.output for part in parts if part.code_execution_result] == ["3"], parts
        assert [part.inline_data.data for part in parts if part.inline_data] == [PIXEL], parts
        safety = [types.SafetySetting(category="HARM_CATEGORY_HARASSMENT", threshold="BLOCK_NONE")]
        assert said((await ask("gemini-3.1-pro-preview", play(text="Yes."), streamed, safety_settings=safety, cached_content="cachedContents/1"))[0])


@case("gemini: what another dialect has no word for is refused by its name", gateway_only=True)
async def nothing_for_it():
    for named, more in (("codeExecution", {"tools": [types.Tool(code_execution=types.ToolCodeExecution())]}),
                        ("cachedContent", {"cached_content": "cachedContents/1"}),
                        ("computerUse", {"tools": [types.Tool(computer_use=types.ComputerUse(environment="ENVIRONMENT_BROWSER"))]}),
                        ("safetySettings", {"safety_settings": [types.SafetySetting(category="HARM_CATEGORY_HARASSMENT", threshold="BLOCK_NONE")]})):
        for model in MODELS[1:]:
            try:
                await ask(model, "Hi.", **more)
            except errors.ClientError as refused:
                assert refused.code == 400 and named in refused.message, refused
            else:
                raise AssertionError(f"{named} was answered")


@case("gemini: a computer is used, and its screen comes back as a picture")
async def computer():
    tools = [types.Tool(computer_use=types.ComputerUse(environment="ENVIRONMENT_BROWSER", excluded_predefined_functions=["drag_and_drop"]))]
    clicks = {"calls": [{"name": "click_at", "arguments": {"x": 3, "y": 4}}]}
    for streamed in (False, True):
        contents = [types.Content(role="user", parts=[types.Part(text=turns(clicks, {"text": "Clicked."}))])]
        parts, _, _ = await ask("gemini-3.1-pro-preview", contents, streamed, tools=tools)
        call = next(part for part in parts if part.function_call)
        shot = types.FunctionResponsePart(inline_data=types.FunctionResponseBlob(mime_type="image/png", data=PIXEL))
        contents += [types.Content(role="model", parts=parts), types.Content(role="user", parts=[types.Part(
            function_response=types.FunctionResponse(name=call.function_call.name, response={"url": "about:blank"}, parts=[shot]))])]
        assert said((await ask("gemini-3.1-pro-preview", contents, streamed, tools=tools))[0]) == "Clicked."


class City(pydantic.BaseModel):
    city: str


@case("gemini: an answer in a form of the client's own is parsed")
async def parsed():
    for model in MODELS[:3]:
        config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=City)
        answer = await CLIENT.aio.models.generate_content(model=model, contents=play(text='{"city": "Bern"}'), config=config)
        assert answer.parsed == City(city="Bern"), answer


@case("gemini: the client's own runner of tools and its chats go through")
async def runner():
    for model in MODELS:
        asked = []

        def weather(city: str) -> str:
            """The weather of a city."""
            asked.append(city)
            return "rain"

        chat = CLIENT.aio.chats.create(model=model, config=types.GenerateContentConfig(tools=[weather]))
        assert (await chat.send_message(turns(ASKS, {"text": "It rains."}))).text == "It rains." and asked == ["Zürich"], asked
        chunks = [chunk async for chunk in await chat.send_message_stream(play(text="Yes."))]
        assert "".join(chunk.text or "" for chunk in chunks) == "Yes.", chunks


@case("gemini: two calls at once")
async def parallel():
    for model in MODELS:
        for streamed in (False, True):
            asks = {"calls": [{"name": "weather", "arguments": {"city": "Zürich"}}, {"name": "weather", "arguments": {"city": "Bern"}}]}
            contents = [types.Content(role="user", parts=[types.Part(text=turns(asks, {"text": "Rain."}))])]
            parts, _, _ = await ask(model, contents, streamed, tools=TOOLS)
            calls = [part.function_call for part in parts if part.function_call]
            assert [call.args["city"] for call in calls] == ["Zürich", "Bern"], parts
            answers = [types.Part(function_response=types.FunctionResponse(id=call.id, name=call.name, response={"output": "rain"})) for call in calls]
            contents += [types.Content(role="model", parts=parts), types.Content(role="user", parts=answers)]
            assert said((await ask(model, contents, streamed, tools=TOOLS))[0]) == "Rain."


@case("gemini: texts are embedded")
async def embedded():
    answer = await CLIENT.aio.models.embed_content(model="gemini-embedding-001", contents=["one", "two"])
    assert [embedding.values for embedding in answer.embeddings] == [[0.5, -0.25, 0.125]] * 2, answer


@case("gemini: the address may end in a slash, and the version be the first", gateway_only=True)
async def addresses():
    for base, version in ((BASE_URL + "/", "v1beta"), (BASE_URL, "v1")):
        client = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=base, api_version=version))
        for streamed in (False, True):
            assert said((await ask("gemini-3.1-pro-preview", play(text="Hi."), streamed, client))[0]) == "Hi."
        assert (await client.aio.models.count_tokens(model="gemini-3.1-pro-preview", contents="Hi.")).total_tokens == 120


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
    if GATEWAY:
        assert (await CLIENT.aio.models.get(model="gemini-3.1-pro-preview")).name.endswith("gemini-3.1-pro-preview")


if __name__ == "__main__":
    main()
