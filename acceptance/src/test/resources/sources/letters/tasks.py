# SPDX-License-Identifier: Apache-2.0
from env import count_letter

tasks = [
    count_letter(word="strawberry", letter="r"),
    count_letter(word="banana", letter="a"),
    count_letter(word="mississippi", letter="s"),
]
