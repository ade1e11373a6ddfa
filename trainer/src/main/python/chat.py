# SPDX-License-Identifier: Apache-2.0
"""Conversations as ids, and ids as what they say: by the tokenizer and its chat template."""

import json
import re

from jinja2 import TemplateError

from refused import Refused

CALL = re.compile(r"<tool_call>(.*?)</tool_call>", re.DOTALL)


class Chat:
    def __init__(self, tokenizer) -> None:
        if tokenizer.chat_template is None:
            raise IOError("the model's tokenizer has no chat template")
        self.tokenizer = tokenizer

    def prompt(self, messages: list[dict], tools: list[dict], known: list[int]) -> list[int]:
        """The ids behind which an answer is sampled. Known ones are kept if the conversation begins with what they say."""
        try:
            text = self.tokenizer.apply_chat_template(
                messages, tools=tools or None, tokenize=False, add_generation_prompt=True
            )
        except TemplateError as failed:
            raise Refused(422, f"this model's chat template does not take these messages: {failed}") from failed
        said = self.said(known) if all(0 <= token < len(self.tokenizer) for token in known) else ""
        if not said or not text.startswith(said):
            return self.ids(text)
        return known + self.ids(text[len(said):])

    def ids(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False)

    def said(self, ids: list[int], marks: bool = True) -> str:
        return self.tokenizer.decode(ids, skip_special_tokens=not marks, clean_up_tokenization_spaces=False)

    def stopped(self, tokens: list[int], stops: list[str]) -> str | None:
        """The stop text that stands at the end."""
        if not stops:
            return None
        tail = self.said(tokens[-4 * max(map(len, stops)) :], marks=False)  # a character has up to four
        return next((stop for stop in stops if stop in tail), None)

    def reply(self, tokens: list[int], stop: str | None, tools: bool) -> tuple[str, list[dict]]:
        text = self.said(tokens, marks=False)
        if stop is not None and stop in text:
            text = text[: text.index(stop)]
        return self.calls(text) if tools else (text, [])

    @staticmethod
    def calls(text: str) -> tuple[str, list[dict]]:
        """Calls as Hermes, Qwen and SmolLM write them; what is no call stays text."""
        found = []
        for block in CALL.findall(text):
            try:
                call = json.loads(block)
                found.append({"name": str(call["name"]), "arguments": json.dumps(call.get("arguments", {}))})
            except (ValueError, KeyError, TypeError, AttributeError):
                return text, []
        return (CALL.sub("", text).strip() if found else text), found
