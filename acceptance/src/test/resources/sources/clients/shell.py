# SPDX-License-Identifier: Apache-2.0
"""An agent of a user's own, in a loop around the Responses API and its shell."""

import json
import os
import subprocess
import sys

import openai
from openai import OpenAI

SHELL = [{"type": "shell", "environment": {"type": "local"}}]


def run(command):
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    return {"stdout": done.stdout, "stderr": done.stderr, "outcome": {"type": "exit", "exit_code": done.returncode}}


def main(model, prompt, stranger):
    client = OpenAI(base_url=os.environ["HUD_GATEWAY_URL"], api_key=os.environ["HUD_API_KEY"])
    unset = dict.fromkeys(["instructions", "max_output_tokens", "temperature", "parallel_tool_calls"])
    asked = {"model": model, "tools": SHELL, **unset}
    given, before, ids = [{"role": "user", "content": prompt}], openai.omit, []
    while True:
        answer = client.responses.create(input=given, previous_response_id=before, **asked)
        before = answer.id
        ids.append(answer.id)
        calls = [item for item in answer.output if item.type == "shell_call"]
        if not calls:
            break
        given = [{"type": "shell_call_output", "call_id": call.call_id, "status": "completed",
                  "output": [run(one) for one in call.action.commands]} for call in calls]
    again = client.responses.create(input=given, previous_response_id=ids[-2], **asked)
    others = OpenAI(base_url=os.environ["HUD_GATEWAY_URL"], api_key=stranger)
    try:
        others.responses.create(input="Go on.", previous_response_id=ids[-1], model=model)
        refused = None
    except openai.NotFoundError as error:
        refused = error.code
    print(json.dumps({"said": answer.output_text, "again": again.output_text, "turns": len(ids), "refused": refused}))


main(*sys.argv[1:])
