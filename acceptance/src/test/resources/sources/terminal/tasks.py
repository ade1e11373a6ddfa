# SPDX-License-Identifier: Apache-2.0
import json

from env import ask, count_words


def full_at_first(agent: str):
    """Its provider answers at the second try."""
    fail = {"status": 429, "times": 1, "message": f"full s64 {agent}", "headers": {"retry-after": "0.1"}}
    task = ask(prompt="play: " + json.dumps({"text": "Done.", "fail": fail}))
    task.slug = agent
    return task


count = count_words(text="one two three four")
count.slug = "count"
tasks = [count, full_at_first("claude_cli"), full_at_first("codex_cli")]
