# SPDX-License-Identifier: Apache-2.0
"""A loss of one's own, by torch, that says what one of the platform's says: python custom.py <model> <its twin>"""

import asyncio
import json
import sys

import torch
from hud import TrainingClient
from losses import GROUP, RATE, batch, likelihoods


def cross_entropy(data, logprobs):
    sampled = torch.cat([new * torch.tensor(datum.mask) for datum, new in zip(data, logprobs, strict=True)])
    return -sampled.sum(), {"masked_tokens": sum(sum(datum.mask) for datum in data)}


def importance_sampling(data, logprobs):
    total = torch.zeros(())
    for datum, new in zip(data, logprobs, strict=True):
        group = {other.traj_idx: other.reward for other in data if other.group_idx == datum.group_idx}
        advantage = datum.reward - sum(group.values()) / len(group)
        ratio = torch.exp(new - torch.tensor(datum.sampling_logprobs))
        total = total - (ratio * torch.tensor(datum.mask)).sum() * advantage
    return total, {"mine": total.item()}


async def main(model, twin):
    one, other = TrainingClient(model), TrainingClient(twin)
    inputs = await batch(model, 3)
    report = {}
    for loss in (cross_entropy, importance_sampling):
        own = await one.forward_backward_custom(inputs, loss, group_size=GROUP)
        theirs = await other.forward_backward(inputs, loss_fn=loss.__name__, group_size=GROUP)
        steps = [(await trainer.optim_step(**RATE)).step for trainer in (one, other)]
        after = [await likelihoods(trainer, inputs) for trainer in (one, other)]
        report[loss.__name__] = {"own": own.metrics, "theirs": theirs.metrics, "steps": steps, "after": after}
    print("REPORT " + json.dumps(report))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
