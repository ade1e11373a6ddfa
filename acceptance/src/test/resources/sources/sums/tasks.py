# SPDX-License-Identifier: Apache-2.0
"""The taskset: three sums."""

from env import add


def task_for(a: int, b: int):
    task = add(a=a, b=b)
    task.slug = f"{a}-and-{b}"
    return task


tasks = [task_for(2, 2), task_for(3, 4), task_for(1, 8)]
