# SPDX-License-Identifier: Apache-2.0
from env import repair

tasks = [repair()]
