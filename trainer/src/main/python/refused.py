# SPDX-License-Identifier: Apache-2.0


class Refused(Exception):
    """What was sent cannot be computed; whoever sent it is told why."""

    def __init__(self, status: int, detail: str):
        super().__init__(detail)
        self.status = status
        self.detail = detail
