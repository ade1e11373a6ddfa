# SPDX-License-Identifier: Apache-2.0
from env import click

tasks = [click(x=320, y=200)]
