# SPDX-License-Identifier: Apache-2.0
"""Calls the published client's grading functions: a line in is one call, a line out is what came of it."""

import asyncio
import json
import sys
import unicodedata
import warnings

from hud.eval.run import Grade
from hud.graders import (
    EvaluationResult,
    SubScore,
    combine,
    combine_all,
    combine_any,
    contains,
    contains_all,
    contains_any,
    exact_match,
    f1_score,
    normalize,
    numeric_match,
)

warnings.simplefilter("ignore")


def subscore(data):
    return SubScore.model_validate(data)


def grade(frame):
    read = Grade.from_dict(frame)
    return [read.reward, read.done, read.content, read.info, read.is_error, read.evaluation]


FUNCTIONS = {
    "lower": str.lower,
    "str": str,
    "decode": lambda data: bytes.fromhex(data).decode(errors="replace"),
    "normalize": normalize,
    "exact_match": exact_match,
    "same_text": lambda answer, text: exact_match(answer, text, normalize_text=False),
    "contains": lambda answer, text, cased: contains(answer, text, case_sensitive=cased),
    "contains_any": lambda answer, texts, cased: contains_any(answer, texts, case_sensitive=cased),
    "contains_all": lambda answer, texts, cased: contains_all(answer, texts, case_sensitive=cased),
    "numeric_match": lambda answer, number, tolerance: numeric_match(answer, number, tolerance=tolerance),
    "f1_score": f1_score,
    "SubScore": lambda data: subscore(data).model_dump(),
    "SubScore.summary": lambda data: subscore(data).to_summary(),
    "EvaluationResult": lambda data: EvaluationResult.model_validate(data).model_dump(),
    "combine": lambda items: asyncio.run(combine(*map(subscore, items))).model_dump(),
    "combine_any": lambda weight, items: combine_any(weight, list(map(subscore, items))).model_dump(),
    "combine_all": lambda weight, items: combine_all(weight, list(map(subscore, items))).model_dump(),
    "grade": grade,
}


def unassigned(value):
    """Characters that this Python's Unicode does not know yet are nobody's difference."""
    if isinstance(value, str):
        return any(unicodedata.category(character) == "Cn" for character in value)
    if isinstance(value, dict):
        return any(unassigned(key) or unassigned(member) for key, member in value.items())
    return isinstance(value, list) and any(map(unassigned, value))


for line in sys.stdin:
    function, arguments = json.loads(line)
    if unassigned(arguments):
        outcome = {"skipped": True}
    else:
        try:
            outcome = {"ok": FUNCTIONS[function](*arguments)}
        except (ValueError, OverflowError, ArithmeticError) as refused:  # pydantic's error is a ValueError
            outcome = {"error": type(refused).__name__}
        except Exception as refused:
            outcome = {"error": type(refused).__name__}
            if type(refused).__name__ != "HudProtocolError":
                raise
    print(json.dumps(outcome))
