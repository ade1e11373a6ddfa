# SPDX-License-Identifier: Apache-2.0
"""A model that is being trained. It computes one datum after the other, so that sums are always made in the same order."""

import math
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from model import Base, Tensors
from refused import Refused

AT_ONCE = 1 << 22  # numbers of a distribution that are held beside the logits


class Session:
    def __init__(self, base: Base, weights: Tensors, first: Tensors, second: Tensors, steps: int) -> None:
        self.base = base
        self.weights = {name: weight.requires_grad_(True) for name, weight in weights.items()}
        self.first = first
        self.second = second
        self.steps = steps
        self.pending: Tensor | None = None

    @staticmethod
    def begin(base: Base, weights: Path | None, state: Path | None) -> "Session":
        if state is not None:
            parts, steps = base.read(state)
            return Session(base, parts["weights"], parts["first"], parts["second"], steps)
        begun = base.weights(weights)
        zeros = [{name: torch.zeros_like(weight) for name, weight in begun.items()} for _ in range(2)]
        return Session(base, begun, zeros[0], zeros[1], 0)

    def forward(self, tokens: np.ndarray, targets: np.ndarray) -> bytes:
        with torch.no_grad():
            return self.told(*self.logprobs(tokens, targets))

    def read(self, tokens: np.ndarray, targets: np.ndarray) -> bytes:
        self.pending, entropies = self.logprobs(tokens, targets)
        return self.told(self.pending, entropies)

    def logprobs(self, tokens: np.ndarray, targets: np.ndarray) -> tuple[Tensor, Tensor]:
        ids, wanted = (torch.tensor(one, dtype=torch.long, device=self.base.device) for one in (tokens, targets))
        logits = self.base.run(self.weights, ids[None], use_cache=False).logits[0].float()
        norm = torch.logsumexp(logits, -1)
        return logits.gather(1, wanted[:, None])[:, 0] - norm, entropies(logits.detach(), norm.detach())

    @staticmethod
    def told(logprobs: Tensor, entropies: Tensor) -> bytes:
        return torch.stack((logprobs.detach(), entropies)).cpu().numpy().astype("<f4").tobytes()

    def weigh(self, weights: np.ndarray) -> None:
        read, self.pending = self.pending, None
        if read is None:
            raise RuntimeError("nothing was read that could be weighed")
        if weights.any():
            loss = -(torch.tensor(weights, device=self.base.device) * read).sum()
            loss.backward()

    def step(self, rate: float, beta1: float, beta2: float, eps: float, decay: float) -> float:
        """AdamW (arXiv 1711.05101)."""
        self.steps += 1
        squares = 0.0
        with torch.no_grad():
            for name, weight in self.weights.items():
                gradient = torch.zeros_like(weight) if weight.grad is None else weight.grad
                squares += gradient.double().square().sum().item()
                first = self.first[name].lerp_(gradient, 1 - beta1)
                second = self.second[name].mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
                weight.mul_(1 - rate * decay)
                weight.addcdiv_(
                    first / (1 - beta1**self.steps), (second / (1 - beta2**self.steps)).sqrt_().add_(eps), value=-rate
                )
                weight.grad = None
        norm = math.sqrt(squares)
        if not all(tensor.isfinite().all() for part in (self.weights, self.first, self.second) for tensor in part.values()):
            raise Refused(
                422, f"learning_rate: a step with {rate} makes weights that are no numbers; the gradient's norm is {norm}"
            )
        return norm

    def save(self, weights: Path, state: Path) -> None:
        self.base.write(weights, {"weights": self.weights}, self.steps)
        self.base.write(state, {"weights": self.weights, "first": self.first, "second": self.second}, self.steps)


def entropies(logits: Tensor, norm: Tensor) -> Tensor:
    """In nats. Some rows at once: all distributions are as large as the logits."""
    rows = max(1, AT_ONCE // logits.shape[-1])
    found = [
        of_norm - torch.linalg.vecdot((of_logits - of_norm[:, None]).exp_(), of_logits)
        for of_logits, of_norm in zip(logits.split(rows), norm.split(rows), strict=True)
    ]
    return torch.cat(found)
