# SPDX-License-Identifier: Apache-2.0
"""The `openai` client, Chat Completions and Responses, whole and streamed, on models of every provider. See cases.py."""

import json

import openai
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


@case("models are listed")
async def models():
    names = [model.id async for model in CLIENT.models.list()]
    assert "gpt-5.6" in names, names


if __name__ == "__main__":
    main()
