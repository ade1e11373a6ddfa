# SPDX-License-Identifier: Apache-2.0
"""The `openai` client, Chat Completions and Responses, whole and streamed, on models of every provider. See cases.py."""

import json

import openai
import pydantic
from cases import BASE_URL, GATEWAY, KEY, case, main, play, turns
from openai import AsyncOpenAI, OpenAI

CLIENT = AsyncOpenAI(base_url=BASE_URL, api_key=KEY, max_retries=0)
MODELS = ["gpt-5.6", "claude-sonnet-4-6", "gemini-3.1-pro-preview", "x-ai/grok-4-1-fast"] if GATEWAY else ["gpt-5.6"]
TOOL = {"name": "weather", "description": "The weather of a city.", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}}
CHAT_TOOLS = [{"type": "function", "function": TOOL}]
RESPONSES_TOOLS = [{"type": "function", "strict": True} | TOOL]
WORDS = "Grüße, 世界! Three words 🙂."
ASKS = {"calls": [{"name": "weather", "arguments": {"city": "Zürich"}}]}
FAILURES = {400: openai.BadRequestError, 404: openai.NotFoundError, 429: openai.RateLimitError, 500: openai.InternalServerError,
            503: openai.InternalServerError, 529: openai.InternalServerError}
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


# ---------------------------------------------------------------- Chat Completions

async def chat(model, prompt, streamed=False, **more):
    messages = prompt if isinstance(prompt, list) else [{"role": "user", "content": prompt}]
    if not streamed:
        return (await CLIENT.chat.completions.create(model=model, messages=messages, **more))
    async with CLIENT.chat.completions.stream(model=model, messages=messages, stream_options={"include_usage": True}, **more) as stream:
        async for _ in stream:
            pass
        return await stream.get_final_completion()


def chat_cases(model, streamed):
    how = f"chat, {'streamed' if streamed else 'whole'}, {model}: "

    @case(how + "a text with its usage")
    async def text():
        answer = await chat(model, [{"role": "system", "content": "Be brief."}, {"role": "user", "content": play(text=WORDS)}], streamed)
        assert answer.choices[0].message.content == WORDS, answer
        assert answer.choices[0].finish_reason == "stop", answer
        assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (120, 30, 150), answer.usage
        assert answer.usage.prompt_tokens_details.cached_tokens == 20, answer.usage

    @case(how + "a tool is called, and what it gave is taken")
    async def tool():
        messages = [{"role": "user", "content": turns(ASKS, {"text": "It rains."})}]
        first = (await chat(model, messages, streamed, tools=CHAT_TOOLS)).choices[0]
        call = first.message.tool_calls[0]
        assert (first.finish_reason, call.type, call.function.name) == ("tool_calls", "function", "weather"), first
        assert json.loads(call.function.arguments) == {"city": "Zürich"}, call
        told = {"id": call.id, "type": "function", "function": {"name": call.function.name, "arguments": call.function.arguments}}
        messages += [{"role": "assistant", "tool_calls": [told]},
                     {"role": "tool", "tool_call_id": call.id, "content": "rain"}]
        second = (await chat(model, messages, streamed, tools=CHAT_TOOLS)).choices[0]
        assert second.message.content == "It rains.", second

    @case(how + "an answer that is cut off says so")
    async def length():
        messages = [{"role": "user", "content": play(text="half of", finish="length")}]
        if streamed:   # the helper raises for it
            answer = await CLIENT.chat.completions.create(model=model, messages=messages, stream=True, max_completion_tokens=20)
            assert [chunk.choices[0].finish_reason async for chunk in answer if chunk.choices][-1] == "length"
        else:
            answer = await chat(model, messages, max_completion_tokens=20)
            assert answer.choices[0].finish_reason == "length", answer

    @case(how + "a picture is taken")
    async def picture():
        image = {"url": "data:image/png;base64," + PIXEL}
        content = [{"type": "text", "text": play(text="a dot")}, {"type": "image_url", "image_url": image}]
        assert (await chat(model, [{"role": "user", "content": content}], streamed)).choices[0].message.content == "a dot"


for one in MODELS:
    for streamed in (False, True):
        chat_cases(one, streamed)


@case("chat, streamed: usage comes only when it was asked for")
async def no_usage():
    stream = await CLIENT.chat.completions.create(model="gpt-5.6", messages=[{"role": "user", "content": play(text="Hi.")}], stream=True)
    chunks = [chunk async for chunk in stream]
    assert all(chunk.usage is None and chunk.choices for chunk in chunks), chunks


@case("chat: log-probabilities pass")
async def logprobs():
    answer = await chat("gpt-5.6", play(text="one two"), logprobs=True)
    assert [entry.token for entry in answer.choices[0].logprobs.content] == ["o", "ne ", "two"], answer
    assert (await chat("gpt-5.6", play(text="one two"), True, logprobs=True)).choices[0].logprobs.content, "streamed"


@case("chat: what Claude thought can be read", gateway_only=True)
async def thinking():
    answer = await chat("claude-sonnet-4-6", play(thinking="Let me see.", text="Yes."), reasoning_effort="low")
    assert answer.choices[0].message.reasoning_content == "Let me see.", answer
    assert answer.choices[0].message.content == "Yes.", answer


@case("chat: Claude refuses", gateway_only=True)
async def refusal():
    answer = (await chat("claude-sonnet-4-6", play(refusal="I will not."))).choices[0]
    assert answer.message.refusal or answer.finish_reason == "content_filter", answer


@case("chat: a schema is asked for and kept")
async def schema():
    form = {"type": "json_schema", "json_schema": {"name": "city", "strict": True, "schema": TOOL["parameters"]}}
    for model in MODELS[:3]:
        answer = await chat(model, play(text='{"city": "Bern"}'), response_format=form)
        assert json.loads(answer.choices[0].message.content) == {"city": "Bern"}


class City(pydantic.BaseModel):
    city: str


@case("chat: an answer in a form of the client's own is parsed, whole and streamed")
async def parsed_chat():
    for model in MODELS[:3]:
        messages = [{"role": "user", "content": play(text='{"city": "Bern"}')}]
        answer = await CLIENT.chat.completions.parse(model=model, messages=messages, response_format=City)
        assert answer.choices[0].message.parsed == City(city="Bern"), answer
        streamed = await chat(model, messages, True, response_format=City)
        assert streamed.choices[0].message.parsed == City(city="Bern"), streamed


@case("chat: tools of the client's own types are parsed")
async def parsed_tools():
    for model in MODELS:
        messages = [{"role": "user", "content": turns({"calls": [{"name": "City", "arguments": {"city": "Bern"}}]})}]
        answer = await CLIENT.chat.completions.parse(model=model, messages=messages, tools=[openai.pydantic_function_tool(City)])
        assert answer.choices[0].message.tool_calls[0].function.parsed_arguments == City(city="Bern"), answer


@case("chat: two calls at once, and a message of the developer")
async def parallel():
    for model in MODELS:
        for streamed in (False, True):
            asks = {"calls": [{"name": "weather", "arguments": {"city": "Zürich"}}, {"name": "weather", "arguments": {"city": "Bern"}}]}
            messages = [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": turns(asks, {"text": "Rain."})}]
            first = (await chat(model, messages, streamed, tools=CHAT_TOOLS)).choices[0]
            calls = first.message.tool_calls
            assert [json.loads(call.function.arguments)["city"] for call in calls] == ["Zürich", "Bern"], calls
            assert len({call.id for call in calls}) == 2, calls
            messages += [{"role": "assistant", "tool_calls": [call.model_dump(include={"id", "type", "function"}) | {
                "function": {"name": call.function.name, "arguments": call.function.arguments}} for call in calls]}]
            messages += [{"role": "tool", "tool_call_id": call.id, "content": "rain"} for call in calls]
            assert (await chat(model, messages, streamed, tools=CHAT_TOOLS)).choices[0].message.content == "Rain."


@case("chat: several answers")
async def several():
    for streamed in (False, True):
        answer = await chat("gpt-5.6", play(text="Yes."), streamed, n=3)
        assert [choice.message.content for choice in answer.choices] == ["Yes."] * 3, answer


@case("chat: what another dialect has no word for is refused by its name", gateway_only=True)
async def nothing_for_it():
    audio = [{"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}]
    asked = [({"n": 2}, "n"), ({"logprobs": True}, "logprobs"), ({"modalities": ["text", "audio"], "audio": {"voice": "ash", "format": "wav"}}, "modalities"),
             ({"extra_body": {"return_token_ids": True}}, "return_token_ids"), ({"messages": [{"role": "user", "content": audio}]}, "audio")]
    for more, named in asked:
        try:
            await CLIENT.chat.completions.create(**{"model": "claude-sonnet-4-6", "messages": [{"role": "user", "content": "Hi."}]} | more)
        except openai.BadRequestError as refused:
            assert named in refused.message and refused.param, refused
        else:
            raise AssertionError(f"{more} was answered")


@case("chat: the tokens of a server that tells its prompt's once for all choices stand with each choice, and the next turn begins with them")
async def token_ids():
    more = {"logprobs": True, "extra_body": {"return_token_ids": True}}
    for system in ([], [{"role": "system", "content": "Be brief."}]):
        for streamed in (False, True) if GATEWAY else ():
            messages = system + [{"role": "user", "content": play(text="Zwei 🙂")}]
            first, prompt, tokens = await tokens_of(messages, streamed, more)
            messages += [{"role": "assistant", "content": first}, {"role": "user", "content": "More?"}]
            hints = {"prompt_token_ids": prompt + tokens, "continuation_from": len(messages) - 1 - len(system), "return_token_ids": True}
            _, second, _ = await tokens_of(messages, streamed, more | {"extra_body": hints})
            assert second[:len(prompt + tokens)] == prompt + tokens and len(second) > len(prompt + tokens)


async def tokens_of(messages, streamed, more):
    asked = {"model": "Qwen/Qwen3.5-4B", "messages": messages, "stream": streamed}
    answer = await CLIENT.chat.completions.create(**asked, **more)
    choices = [chunk.choices[0] async for chunk in answer] if streamed else [answer.choices[0]]
    text = "".join((choice.delta if streamed else choice.message).content or "" for choice in choices)
    prompt = next(choice.model_extra["prompt_token_ids"] for choice in choices if choice.model_extra.get("prompt_token_ids"))
    tokens = [token for choice in choices for token in choice.model_extra.get("token_ids") or ()]
    logprobs = [entry for choice in choices if choice.logprobs for entry in choice.logprobs.content]
    assert text == "Zwei 🙂" and len(tokens) == len(logprobs) == len(text) + 1, (text, tokens, logprobs)
    assert all(isinstance(entry.logprob, float) for entry in logprobs), logprobs
    return text, prompt, tokens


@case("chat: the answer as it came over the wire")
async def raw_chat():
    messages = [{"role": "user", "content": play(text="Hi.")}]
    raw = await CLIENT.chat.completions.with_raw_response.create(model="gpt-5.6", messages=messages)
    assert raw.parse().choices[0].message.content == "Hi." and raw.headers["x-request-id"], raw.headers
    async with CLIENT.chat.completions.with_streaming_response.create(model="gpt-5.6", messages=messages) as streamed:
        assert json.loads(await streamed.text())["choices"][0]["message"]["content"] == "Hi."


@case("the address may end in a slash, and in the version")
async def addresses():
    for base in (BASE_URL + "/", BASE_URL + "/v1", BASE_URL + "/v1/") if GATEWAY else (BASE_URL + "/",):
        client = AsyncOpenAI(base_url=base, api_key=KEY, max_retries=0)
        assert (await ask_chat(play(text="Hi."), False, client)).choices[0].message.content == "Hi."
        assert (await ask_responses(play(text="Hi."), False, client)).output_text == "Hi."


@case("chat: the synchronous client too")
def synchronous():
    with OpenAI(base_url=BASE_URL, api_key=KEY, max_retries=0) as client:
        messages = [{"role": "user", "content": play(text="Hi.")}]
        assert client.chat.completions.create(model="gpt-5.6", messages=messages).choices[0].message.content == "Hi."
        stream = client.chat.completions.create(model="gpt-5.6", messages=messages, stream=True)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices) == "Hi."


# ---------------------------------------------------------------- Responses

async def respond(model, given, streamed=False, **more):
    if not streamed:
        return await CLIENT.responses.create(model=model, input=given, **more)
    async with CLIENT.responses.stream(model=model, input=given, **more) as stream:
        numbers = [event.sequence_number async for event in stream]
        assert numbers == list(range(len(numbers))), numbers
        return await stream.get_final_response()


def responses_cases(model, streamed):
    how = f"responses, {'streamed' if streamed else 'whole'}, {model}: "

    @case(how + "a text with its usage")
    async def text():
        answer = await respond(model, play(text=WORDS), streamed, instructions="Be brief.")
        assert (answer.status, answer.output_text) == ("completed", WORDS), answer
        usage = answer.usage
        assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (120, 30, 150), usage
        assert (usage.input_tokens_details.cached_tokens, usage.output_tokens_details.reasoning_tokens) == (20, 0), usage

    @case(how + "a conversation goes on by the id of its last answer")
    async def conversation():
        first = await respond(model, turns(ASKS, {"text": "It rains."}), streamed, tools=RESPONSES_TOOLS)
        call = next(item for item in first.output if item.type == "function_call")
        assert (call.name, json.loads(call.arguments)) == ("weather", {"city": "Zürich"}), call
        output = [{"type": "function_call_output", "call_id": call.call_id, "output": "rain"}]
        second = await respond(model, output, streamed, previous_response_id=first.id, tools=RESPONSES_TOOLS)
        assert second.output_text == "It rains.", second
        again = await respond(model, output, streamed, previous_response_id=first.id, tools=RESPONSES_TOOLS)
        assert again.output_text == "It rains.", "an older id can be continued"

    @case(how + "explicit nulls are taken")
    async def nulls():
        unset = dict.fromkeys(["instructions", "max_output_tokens", "temperature", "parallel_tool_calls"])
        answer = await respond(model, play(text="Yes."), streamed, **unset)
        assert answer.output_text == "Yes.", answer

    @case(how + "an answer that is cut off says so")
    async def length():
        given = {"model": model, "input": play(text="half of", finish="length"), "max_output_tokens": 20}
        if streamed:   # the helper knows completed ones only
            answer = [event async for event in await CLIENT.responses.create(**given, stream=True)][-1].response
        else:
            answer = await CLIENT.responses.create(**given)
        assert (answer.status, answer.incomplete_details.reason) == ("incomplete", "max_output_tokens"), answer

    @case(how + "what is not to be stored comes along each time")
    async def stateless():
        told = turns(ASKS, {"text": "It rains."})
        first = await respond(model, told, streamed, tools=RESPONSES_TOOLS, store=False, include=["reasoning.encrypted_content"])
        # no status: the client's own model of a streamed item holds members that no request may
        call = next(item for item in first.output if item.type == "function_call")
        given = [{"role": "user", "content": told},
                 {"type": "function_call", "call_id": call.call_id, "name": call.name, "arguments": call.arguments},
                 {"type": "function_call_output", "call_id": call.call_id, "output": "rain"}]
        assert (await respond(model, given, streamed, tools=RESPONSES_TOOLS, store=False)).output_text == "It rains."


for one in MODELS:
    for streamed in (False, True):
        responses_cases(one, streamed)


@case("responses: an id that nobody gave is not found")
async def unknown_id():
    try:
        await respond("gpt-5.6", play(text="Hi."), previous_response_id="resp_unknown")
    except (openai.NotFoundError, openai.BadRequestError) as refused:
        assert isinstance(refused, openai.NotFoundError) or not GATEWAY, refused
        assert refused.code == "previous_response_not_found", refused
    else:
        raise AssertionError("it was answered")


@case("responses: what was stored can be read and deleted", gateway_only=True)
async def stored():
    for model in ("gpt-5.6", "claude-sonnet-4-6"):
        answer = await respond(model, play(text="Hi."))
        assert (await CLIENT.responses.retrieve(answer.id)).output_text == "Hi."
        items = await CLIENT.responses.input_items.list(answer.id)
        assert len(items.data) == 1, items
        await CLIENT.responses.delete(answer.id)
        try:
            await CLIENT.responses.retrieve(answer.id)
        except openai.NotFoundError:
            continue
        raise AssertionError("it is still there")


@case("responses: an answer in a form of the client's own is parsed, whole and streamed")
async def parsed_response():
    for model in MODELS[:3]:
        answer = await CLIENT.responses.parse(model=model, input=play(text='{"city": "Bern"}'), text_format=City)
        assert answer.output_parsed == City(city="Bern"), answer
        streamed = await respond(model, play(text='{"city": "Bern"}'), True, text_format=City)
        assert streamed.output_parsed == City(city="Bern"), streamed


@case("responses: a sealed thought goes there and back where nothing is kept")
async def sealed():
    for model in MODELS[:2] if GATEWAY else MODELS[:1]:
        for streamed in (False, True):
            told = turns({"thinking": "Let me see.", **ASKS}, {"text": "It rains."})
            more = {"tools": RESPONSES_TOOLS, "store": False, "include": ["reasoning.encrypted_content"], "reasoning": {"effort": "low", "summary": "auto"}}
            first = await respond(model, told, streamed, **more)
            thought = next(item for item in first.output if item.type == "reasoning")
            call = next(item for item in first.output if item.type == "function_call")
            assert thought.encrypted_content and thought.summary[0].text == "Let me see.", thought
            given = [{"role": "user", "content": told},
                     {"type": "reasoning", "id": thought.id, "summary": [part.model_dump() for part in thought.summary],
                      "encrypted_content": thought.encrypted_content},
                     {"type": "function_call", "call_id": call.call_id, "name": call.name, "arguments": call.arguments},
                     {"type": "function_call_output", "call_id": call.call_id, "output": "rain"}]
            assert (await respond(model, given, streamed, **more)).output_text == "It rains."


@case("responses: what only OpenAI has passes there, and comes back in the next turn")
async def native():
    search = {"id": "ws_1", "type": "web_search_call", "status": "completed", "action": {"type": "search", "query": "rain"}}
    clicks = {"id": "cu_1", "type": "computer_call", "call_id": "call_cu", "status": "completed", "pending_safety_checks": [],
              "actions": [{"type": "click", "x": 3, "y": 4, "button": "left"}]}
    for streamed in (False, True):
        told = turns({"items": [search, clicks]}, {"text": "Clicked."})
        more = {"tools": [{"type": "web_search"}, {"type": "computer"}], "truncation": "auto", "include": ["web_search_call.action.sources"]}
        first = await respond("gpt-5.6", told, streamed, **more)
        assert [item.type for item in first.output] == ["web_search_call", "computer_call"], first
        shot = {"type": "computer_call_output", "call_id": "call_cu", "output": {
            "type": "computer_screenshot", "image_url": "data:image/png;base64," + PIXEL}, "acknowledged_safety_checks": []}
        second = await respond("gpt-5.6", [shot], streamed, previous_response_id=first.id, **more)
        assert second.output_text == "Clicked.", second


@case("responses: what another dialect has no word for is refused by its name", gateway_only=True)
async def nothing_for_responses():
    for more in ({"background": True}, {"conversation": "conv_1"}, {"prompt": {"id": "pmpt_1"}}, {"tools": [{"type": "computer"}]},
                 {"tools": [{"type": "code_interpreter", "container": {"type": "auto"}}]}, {"max_tool_calls": 3}):
        try:
            await CLIENT.responses.create(model="claude-sonnet-4-6", input="Hi.", **more)
        except openai.BadRequestError as refused:
            assert next(iter(more)) in refused.message, refused
        else:
            raise AssertionError(f"{more} was answered")


@case("responses: items are named by their ids, and read in pages", gateway_only=True)
async def named():
    for model in ("gpt-5.6", "claude-sonnet-4-6"):
        told = play(text="Yes.")
        first = await respond(model, told)
        given = [{"role": "user", "content": told}, {"type": "item_reference", "id": first.output[0].id}, {"role": "user", "content": play(text="No.")}]
        if model != "gpt-5.6":   # the stand-in keeps no single items
            assert (await respond(model, given)).output_text == "No."
        pages = await respond(model, [{"role": "user", "content": "one"}, {"role": "user", "content": "two"}, {"role": "user", "content": told}])
        items = [item async for item in CLIENT.responses.input_items.list(pages.id, limit=1, order="asc")]
        assert [item.content[0].text if isinstance(item.content, list) else item.content for item in items][:2] == ["one", "two"], items
        assert len(items) == 3, items


@case("responses: nothing goes on in the background that could be cancelled", gateway_only=True)
async def cancelled():
    answer = await respond("gpt-5.6", play(text="Hi."))
    try:
        await CLIENT.responses.cancel(answer.id)
    except openai.BadRequestError as refused:
        assert "background" in refused.message, refused
    else:
        raise AssertionError("it was cancelled")


@case("responses: the synchronous client too")
def synchronous_responses():
    with OpenAI(base_url=BASE_URL, api_key=KEY, max_retries=0) as client:
        assert client.responses.create(model="gpt-5.6", input=play(text="Hi.")).output_text == "Hi."


# ---------------------------------------------------------------- what goes wrong, and the rest

def failure_cases(api, ask):
    for status, kind in FAILURES.items():
        @case(f"{api}: a provider's {status}")
        async def failure(status=status, kind=kind):
            for streamed in (False, True):
                try:
                    await ask(play(fail={"status": status, "message": f"the words of a {status}"}), streamed)
                except kind as failed:
                    assert failed.status_code == status, failed.status_code
                    assert f"the words of a {status}" in str(failed), failed
                    assert "x-ratelimit-remaining-requests" not in failed.response.headers or not GATEWAY, failed.response.headers
                else:
                    raise AssertionError("it was answered")

    @case(f"{api}: a failure that passes is waited out", gateway_only=True)
    async def passing():
        for status in (429, 503, 529):
            await ask(play(text="Yes.", fail={"status": status, "times": 2, "headers": {"retry-after": "0"}}), False)
            await ask(play(text="Yes.", fail={"status": status, "times": 1}), True)

    @case(f"{api}: a stream that breaks ends in an error, wherever it breaks")
    async def broken():
        for turn in ({"cut": 4}, {"end": 4}, {"break": 4}, {"cut_bytes": 1500}) if GATEWAY else ({"cut": 4}, {"break": 4}):
            try:
                await ask(play(text="one two three four five six seven eight", **turn), True)
            except (openai.APIError, openai.APIConnectionError):
                continue
            except Exception as transport:
                assert not GATEWAY, transport
                continue
            raise AssertionError(f"it passed for whole: {turn}")

    @case(f"{api}: a wrong key")
    async def wrong_key():
        mine = AsyncOpenAI(base_url=BASE_URL, api_key="sk-not-this-one", max_retries=0)
        try:
            await ask(play(text="Hi."), False, mine)
        except openai.AuthenticationError as refused:
            assert refused.body["message"], refused
        else:
            raise AssertionError("it was answered")

    @case(f"{api}: a model that nobody has", gateway_only=True)
    async def no_model():
        try:
            await ask(play(text="Hi."), False, CLIENT, "gpt-55.6")
        except openai.NotFoundError as refused:
            assert refused.code == "model_not_found" and "gpt-5.6" in refused.message, refused
        else:
            raise AssertionError("it was answered")


async def ask_chat(prompt, streamed, client=CLIENT, model="gpt-5.6"):
    answer = await client.chat.completions.create(model=model, messages=[{"role": "user", "content": prompt}], stream=streamed)
    return [chunk async for chunk in answer] if streamed else answer


async def ask_responses(prompt, streamed, client=CLIENT, model="gpt-5.6"):
    answer = await client.responses.create(model=model, input=prompt, stream=streamed)
    if not streamed:
        return answer
    events = [event async for event in answer]
    if events[-1].type != "response.completed":
        raise openai.APIError(events[-1].type, None, body=None)
    return events


failure_cases("chat", ask_chat)
failure_cases("responses", ask_responses)


@case("embeddings, as numbers that the client packs itself")
async def embeddings():
    answer = await CLIENT.embeddings.create(model="text-embedding-3-small", input=["one", "two"])
    assert [row.embedding for row in answer.data] == [[0.5, -0.25, 0.125]] * 2, answer


@case("models are listed, and read one by one")
async def models():
    names = [model.id async for model in CLIENT.models.list()]
    assert "gpt-5.6" in names, names
    if GATEWAY:
        assert (await CLIENT.models.retrieve("gpt-5.6")).id == "gpt-5.6"


if __name__ == "__main__":
    main()
