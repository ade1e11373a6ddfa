# SPDX-License-Identifier: Apache-2.0
from env import count_words

tasks = [count_words(text="the quick brown fox jumps over the lazy dog")]
