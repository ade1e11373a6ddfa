# SPDX-License-Identifier: Apache-2.0
"""The same arithmetic in bare torch, once for each line that it reads: python real_steps_bare.py <folder> <datums> <tokens>

One sequence after the other, in 32 bits: the loss of importance sampling, the gradient for matrices of rank 16, a step of AdamW.
"""

import os
import random
import sys
import time

os.environ["HF_HUB_OFFLINE"] = "1"

import torch  # noqa: E402
from peft import LoraConfig, get_peft_model  # noqa: E402
from transformers import AutoModelForCausalLM  # noqa: E402

IDS = 90

folder, datums, tokens = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.use_deterministic_algorithms(True, warn_only=True)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
model = get_peft_model(model, LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", lora_dropout=0.0, task_type="CAUSAL_LM")).eval()
optimizer = torch.optim.AdamW([weight for weight in model.parameters() if weight.requires_grad], lr=1e-5, weight_decay=0.0)
chance = random.Random(0)
sequences = [torch.tensor([[chance.randrange(IDS) for _ in range(tokens + 1)]]) for _ in range(datums)]
sampled = [torch.tensor([-4.5 - chance.random() for _ in range(tokens)]) for _ in range(datums)]

for _ in sys.stdin:
    begun = time.perf_counter()
    for number, (sequence, q) in enumerate(zip(sequences, sampled, strict=True)):
        logits = model(input_ids=sequence[:, :-1], use_cache=False).logits[0].float()
        logprobs = logits.gather(1, sequence[0, 1:, None])[:, 0] - torch.logsumexp(logits, -1)
        advantage = number % 2 - 0.5
        (-advantage * (logprobs - q).exp()).sum().backward()
    between = time.perf_counter()
    optimizer.step()
    optimizer.zero_grad()
    print(between - begun, time.perf_counter() - between, flush=True)
