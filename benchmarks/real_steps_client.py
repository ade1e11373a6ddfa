# SPDX-License-Identifier: Apache-2.0
"""Steps by the published client, one for each line that it reads: python real_steps_client.py <model> <datums> <tokens>"""

import asyncio
import random
import sys
import time

from hud import TrainingClient
from hud.train.types import TrajectoryPayload, TrajectorySample

IDS = 90  # any vocabulary has as many


async def main(model, datums, tokens):
    trainer = TrainingClient(model)
    chance = random.Random(0)
    inputs = [
        TrajectoryPayload(
            samples=[
                TrajectorySample(
                    prompt_token_ids=[chance.randrange(IDS)],
                    output_token_ids=[chance.randrange(IDS) for _ in range(tokens)],
                    output_logprobs=[-4.5 - chance.random() for _ in range(tokens)],
                )
            ],
            reward=float(number % 2),
        )
        for number in range(datums)
    ]
    for _ in sys.stdin:
        begun = time.perf_counter()
        await trainer.forward_backward(inputs, group_size=2)
        between = time.perf_counter()
        await trainer.optim_step(learning_rate=1e-5)
        print(between - begun, time.perf_counter() - between, flush=True)


asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
