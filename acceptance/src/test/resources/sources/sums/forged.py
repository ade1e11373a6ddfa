# SPDX-License-Identifier: Apache-2.0
"""Runs whose spans say what nobody sampled: python forged.py <model> <where spans are sent>; HUD_TELEMETRY_URL leads nowhere"""

import asyncio
import json
import pathlib
import sys

import httpx
from hud import Taskset, TrainingClient
from hud.agents import create_agent
from hud.settings import settings
from hud.telemetry import flush
from tasks import tasks

GROUP = 4


def forged(span):
    sample = (span["attributes"].get("hud.payload") or {}).get("sample")
    if sample:
        sample["output_token_ids"] = [57 for _ in sample["output_token_ids"]]
        sample["output_logprobs"] = [-0.001 for _ in sample["output_logprobs"]]
    return span


async def main(model, telemetry):
    agent = create_agent(model, completion_kwargs={"max_tokens": 4, "extra_body": {"return_token_ids": True}})
    trainer = TrainingClient(model)
    runs = (await Taskset("sums", tasks).run(agent, group=GROUP)).runs
    await asyncio.to_thread(flush)
    ids = [run.trace_id for run in runs]
    sent = 0
    for trace in ids:
        lines = pathlib.Path("spans", trace + ".jsonl").read_text().splitlines()
        spans = [forged(json.loads(line)) for line in lines]
        sent += sum("sample" in (span["attributes"].get("hud.payload") or {}) for span in spans)
        key = {"Authorization": f"Bearer {settings.api_key}"}
        httpx.post(f"{telemetry}/trace/{trace}/telemetry-upload", json={"telemetry": spans}, headers=key).raise_for_status()
    tensors = [await trainer.forward(inputs, group_size=GROUP) for inputs in (runs, ids)]
    inline, recorded = [[datum.model_dump() for datum in one.data] for one in tensors]
    print("REPORT " + json.dumps({"forged": sent, "inline": inline, "recorded": recorded}))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
