# SPDX-License-Identifier: Apache-2.0
"""Sampling, with the log-probabilities of what was sampled from."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from chat import Chat
from model import Base, Tensors


@dataclass
class Sampled:
    tokens: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    alternatives: list[list[tuple[int, float]]] = field(default_factory=list)
    ended: bool = False
    stop: str | None = None


@torch.no_grad()
def sample(base: Base, weights: Tensors, prompt: list[int], how: dict, chat: Chat) -> Sampled:
    random = torch.Generator()
    if how["seed"] is None:
        random.seed()
    else:
        random.manual_seed(how["seed"])
    sampled, known = Sampled(), None
    unread = prompt
    while len(sampled.tokens) < min(how["most"], base.context - len(prompt)) and not sampled.ended:
        ids = torch.tensor([unread], device=base.device)
        said = base.run(weights, ids, cache=known, use_cache=True)
        known = said.cache
        here = distribution(said.logits[0, -1].double(), how["temperature"])
        token = pick(here, random)
        unread = [token]
        sampled.tokens.append(token)
        sampled.logprobs.append(here[token].item())
        if how["alternatives"]:
            sampled.alternatives.append(likeliest(here, how["alternatives"]))
        sampled.stop = chat.stopped(sampled.tokens, how["stop"])
        sampled.ended = token in base.ends or sampled.stop is not None
    return sampled


def distribution(logits: Tensor, temperature: float) -> Tensor:
    if temperature == 0:
        certain = torch.full_like(logits, -torch.inf)
        certain[logits.argmax()] = 0
        return certain
    return torch.log_softmax(logits / temperature, -1)


def pick(logprobs: Tensor, random: torch.Generator) -> int:
    """The first token at which the sum of probabilities is beyond a number from 0 to 1."""
    sums = logprobs.exp().cumsum(0).cpu()
    drawn = torch.rand(1, generator=random, dtype=torch.float64) * sums[-1]
    found = int(torch.searchsorted(sums, drawn, right=True))
    return found if found < len(sums) else int(logprobs.argmax())  # what rounding left


def likeliest(logprobs: Tensor, most: int) -> list[tuple[int, float]]:
    values, tokens = logprobs.topk(min(most, len(logprobs)))
    return [(token, value) for token, value in zip(tokens.tolist(), values.tolist(), strict=True) if value > -torch.inf]
