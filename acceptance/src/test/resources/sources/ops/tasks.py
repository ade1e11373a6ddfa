# SPDX-License-Identifier: Apache-2.0
from env import configured

tasks = [configured(prompt='play: {"text": "The tide comes in."}')]
