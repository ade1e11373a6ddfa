# SPDX-License-Identifier: Apache-2.0
"""What the stand-in's models say. They know the tasks of these tests and play their part in them; nothing here thinks.

A conversation is a list of (role, text), role being system, user, assistant or tool. A turn is a dictionary:
  text, thinking, refusal   what is said
  calls                     [{"shell": command}] in whatever shell was offered, or [{"name": …, "arguments": {…}}]
  finish                    "length" or "filter"; else it follows from the calls
  stop, redacted, citations   of Messages: the reason as it is, a thought that nobody may read, where the text comes from
  items, parts, blocked     of Responses, of Gemini: what is answered beside the rest, as it is; why the prompt is not answered
  usage                     {"input", "cached", "output", "reasoning"} in tokens; None: nothing is told
  fail                      {"status", "type", "message", "headers", "times"}: an error instead, the first `times` times
  delay, pause              seconds before the answer, between its events
  cut, cut_bytes            the connection is reset after so many events, or bytes
  end                       the stream ends as if it were whole after so many events
  break                     after so many events the provider's own error event follows
"""

import json
import re
from collections import Counter
from threading import Lock

_asked = Counter()
_lock = Lock()


def turn_of(conversation, model):
    """What is said next. The newest message of the user that belongs to a play begins it, and each answer since is a turn of it."""
    answers = 0
    for role, text in reversed(conversation):
        if role == "assistant":
            answers += 1
        if role != "user":
            continue
        for pattern, play in PLAYS:
            if match := re.search(pattern, text, re.DOTALL):
                return play(match, answers, model, conversation)
    return {"text": "I do not know."}


def _as_told(match, answers, model, conversation):
    """The prompt says itself what it wants to be told: play: {"turns": […]} or play: {one turn}."""
    told, end = json.JSONDecoder().raw_decode(match[1])
    turns = told.get("turns", [told])
    turn = dict(turns[min(answers, len(turns) - 1)])
    fail = turn.pop("fail", None)
    if fail is not None:
        with _lock:
            _asked[match[1][:end]] += 1
            if _asked[match[1][:end]] <= fail.get("times", 1_000_000):
                return {"fail": fail}
    return turn


def _letters(match, answers, model, conversation):
    turn = {"text": str(match[2].count(match[1])), "delay": 0.3 if match[2].startswith("slowly") else 0}
    return turn | {"usage": {"input": 120, "cached": 20, "output": 100_000}} if match[2].startswith("costly") else turn


def _repair(match, answers, model, conversation):
    """The small models are lazy: they write a test of their own that passes, and leave the fault."""
    lazy = re.search(r"haiku|-mini|2\.5", model)
    if answers == 0:
        return {"calls": [{"shell": "echo 'assert True' > test_calc.py" if lazy else "sed -i 's/a - b/a + b/' calc.py && cat calc.py"}]}
    return {"text": "Repaired."}


def _count(match, answers, model, conversation):
    if answers == 0:
        return {"calls": [{"shell": "wc -w < instructions.txt"}]}
    said = [text for role, text in conversation if role == "tool"]
    # some are told more than the output: the command, how long it took
    number = re.search(r"(?s)^(?:.*(?:Output:\s*|\"output\":\s*\"|instructions\.txt\n))?(\d+)", said[-1]) if said else None
    return {"text": number[1] if number else "I do not know."}


def _judge(match, answers, model, conversation):
    criterion, answer = match[1].strip(), match[2].strip()
    if "undecided" in criterion:
        return {"text": "Who am I to judge?"}
    wanted = re.search(r"'(.+?)'", criterion)
    met = bool(wanted) and wanted[1] in answer
    return {"text": json.dumps({"criterion_status": "MET" if met else "UNMET", "explanation": f"It {'is' if met else 'is not'} there."})}


def _introduced(match, answers, model, conversation):
    return {"text": f"Good day, {match[1]}."}


def _who_am_i(match, answers, model, conversation):
    names = [found[1] for role, text in conversation if role == "user" and (found := re.search(r"My name is (\w+)", text))]
    return {"text": f"You are {names[-1]}." if names else "You did not say."}


def _asks_back(match, answers, model, conversation):
    return {"text": "Shall I go on?" if answers == 0 else "The answer is 3."}


def _go_on(match, answers, model, conversation):
    return {"text": "CONTINUE" if (match[1] or match[2]).strip().endswith("Shall I go on?") else "STOP"}


PLAYS = [
    (r"<criterion>\n(.*?)</criterion>.*<response>\n(.*?)</response>", _judge),
    (r"play: (\{.*)", _as_told),
    (r"How many times does '(.)' occur in '(\w+)'", _letters),
    (r"function add in calc\.py is wrong", _repair),
    (r"words .*instructions\.txt|instructions\.txt.* words", _count),
    (r"My name is (\w+)", _introduced),
    (r"What is my name", _who_am_i),
    (r"(?:Agent message: (.*?)\n\nWhat is the appropriate response|The agent's last words:\n\n(.*))", _go_on),   # the client's way, and ours
    (r"Ask me before you answer", _asks_back),
]
