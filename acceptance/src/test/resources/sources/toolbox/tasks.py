# SPDX-License-Identifier: Apache-2.0
from env import orchestrate, tell_word

tasks = [tell_word(), orchestrate(word="banana")]
