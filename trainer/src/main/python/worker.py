# SPDX-License-Identifier: Apache-2.0
"""What can be asked. Each verb answers an object, and bytes. With any request may come numbers that are not asked for any more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from chat import Chat

if TYPE_CHECKING:  # torch takes seconds to come, and who only has a tokenizer has no use for it
    from model import Base
    from session import Session


def path(name: str | None) -> Path | None:
    return None if name is None else Path(name)


class Worker:
    """One base; of it any number of sessions, and of weights to sample from, by the numbers that the trainer gave them."""

    base: Base
    chat: Chat

    def __init__(self) -> None:
        self.sessions: dict[int, Session] = {}
        self.samplers: dict[int, dict] = {}

    def answer(self, request: dict, data: bytes) -> tuple[dict, bytes]:
        verbs = {
            "load": self.load, "tokenizer": self.tokenizer, "begin": self.begin, "forward": self.forward, "read": self.read,
            "weigh": self.weigh, "step": self.step, "save": self.save, "sampler": self.sampler, "sample": self.sample,
            "prompt": self.prompt, "reply": self.reply, "text": self.text,
        }
        for number in request["released"]:
            self.sessions.pop(number, None)
            self.samplers.pop(number, None)
        return verbs[request["verb"]](request, data)

    def load(self, request: dict, _: bytes) -> tuple[dict, bytes]:
        """Comes first."""
        from model import Base

        self.base = Base(Path(request["folder"]), request["rank"], request["alpha"], request["targets"])
        self.chat = Chat(self.base.tokenizer)
        return {"vocabulary": self.base.vocabulary, "context": self.base.context, "device": str(self.base.device)}, b""

    def tokenizer(self, request: dict, _: bytes) -> tuple[dict, bytes]:
        """Comes first where the weights are elsewhere: conversations can be asked for then, and nothing else."""
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(request["folder"])
        self.chat = Chat(tokenizer)
        end = tokenizer.eos_token_id
        return {"vocabulary": len(tokenizer), "end": -1 if end is None else end}, b""

    def begin(self, request: dict, _: bytes) -> tuple[dict, bytes]:
        from session import Session

        self.sessions[request["session"]] = Session.begin(self.base, path(request["weights"]), path(request["state"]))
        return {}, b""

    def forward(self, request: dict, data: bytes) -> tuple[dict, bytes]:
        """Tokens and as many targets: answers ℓ and the entropy at each position."""
        return {}, self.sessions[request["session"]].forward(*np.frombuffer(data, "<i4").reshape(2, -1))

    def read(self, request: dict, data: bytes) -> tuple[dict, bytes]:
        """As forward; what was read can be weighed then."""
        return {}, self.sessions[request["session"]].read(*np.frombuffer(data, "<i4").reshape(2, -1))

    def weigh(self, request: dict, data: bytes) -> tuple[dict, bytes]:
        """Adds the gradient of −Σ weight·ℓ of what was read last."""
        self.sessions[request["session"]].weigh(np.frombuffer(data, "<f4"))
        return {}, b""

    def step(self, request: dict, _: bytes) -> tuple[dict, bytes]:
        rate = (request["learning_rate"], request["beta1"], request["beta2"], request["eps"], request["weight_decay"])
        return {"norm": self.sessions[request["session"]].step(*rate)}, b""

    def save(self, request: dict, _: bytes) -> tuple[dict, bytes]:
        self.sessions[request["session"]].save(Path(request["weights"]), Path(request["state"]))
        return {}, b""

    def sampler(self, request: dict, _: bytes) -> tuple[dict, bytes]:
        self.samplers[request["sampler"]] = self.base.weights(path(request["weights"]))
        return {}, b""

    def sample(self, request: dict, data: bytes) -> tuple[dict, bytes]:
        """A prompt's ids: answers how it ended and what else was likely, and the ids and their log-probabilities."""
        from sampling import sample

        sampled = sample(self.base, self.samplers[request["sampler"]], np.frombuffer(data, "<i4").tolist(), request, self.chat)
        head = {"ended": sampled.ended, "stop": sampled.stop, "alternatives": sampled.alternatives}
        return head, np.array(sampled.tokens, "<i4").tobytes() + np.array(sampled.logprobs, "<f4").tobytes()

    def prompt(self, request: dict, data: bytes) -> tuple[dict, bytes]:
        """Ids that a conversation goes on from, if any are known: answers its ids."""
        ids = self.chat.prompt(request["messages"], request["tools"], np.frombuffer(data, "<i4").tolist())
        return {}, np.array(ids, "<i4").tobytes()

    def reply(self, request: dict, data: bytes) -> tuple[dict, bytes]:
        """Sampled ids: answers their text and the calls in it."""
        text, calls = self.chat.reply(np.frombuffer(data, "<i4").tolist(), request["stop"], request["tools"])
        return {"text": text, "calls": calls}, b""

    def text(self, _: dict, data: bytes) -> tuple[dict, bytes]:
        return {"text": self.chat.said(np.frombuffer(data, "<i4").tolist())}, b""
