# SPDX-License-Identifier: Apache-2.0
from env import alone

tasks = [alone()]
