# SPDX-License-Identifier: Apache-2.0
"""F1: the smallest environment, without any capability."""

from hud import Environment

env = Environment("letter-count")


@env.template()
async def count_letter(word: str, letter: str):
    answer = yield f"How many times does '{letter}' occur in '{word}'? Answer with the number alone."
    yield 1.0 if (answer or "").strip() == str(word.count(letter)) else 0.0
