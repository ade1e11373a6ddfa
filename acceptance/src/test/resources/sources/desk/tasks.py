# SPDX-License-Identifier: Apache-2.0
from env import PLAYS, work

tasks = [work(x=320, y=200, agent=agent) for agent in PLAYS]
for task in tasks:
    task.slug = task.args["agent"]
