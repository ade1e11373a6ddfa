# SPDX-License-Identifier: Apache-2.0
"""The taskset: three words, and a letter of each to count."""

from env import count_letter


def task_for(word: str, letter: str):
    task = count_letter(word=word, letter=letter)
    task.slug = word
    return task


tasks = [task_for("strawberry", "r"), task_for("banana", "a"), task_for("mississippi", "s")]
