# SPDX-License-Identifier: Apache-2.0
from env import badgrade, badstart, nan, ok

tasks = [ok(), badstart(), badgrade(), nan()]
