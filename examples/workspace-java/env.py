# SPDX-License-Identifier: Apache-2.0
"""Names the environment for the client's tools; what it does stands in FixScript.java."""

from hud import Environment

env = Environment("fix-script")
