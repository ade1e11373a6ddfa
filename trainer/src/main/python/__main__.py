# SPDX-License-Identifier: Apache-2.0
"""Computes for a trainer: answers its requests, one after the other, until its standard input ends.

A request and an answer are one frame each: two 32-bit lengths, big-endian, a JSON object of the first length, and bytes of the second:
32-bit integers or floats, little-endian. What an answer means stands beside each verb, in `worker.py`.
"""

import json
import os
import struct
import sys
from typing import BinaryIO

# Whoever prints, prints into the log: standard output belongs to the frames.
answers: BinaryIO = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)

from refused import Refused  # noqa: E402
from worker import Worker  # noqa: E402


def exactly(requests: BinaryIO, length: int) -> bytes:
    read = requests.read(length)
    if len(read) < length:
        raise EOFError
    return read


def write(answer: dict, data: bytes) -> None:
    head = json.dumps(answer).encode()
    answers.write(struct.pack(">II", len(head), len(data)) + head + data)
    answers.flush()


def serve(requests: BinaryIO, worker: Worker) -> None:
    while True:
        try:
            head, data = struct.unpack(">II", exactly(requests, 8))
            request = json.loads(exactly(requests, head))
            sent = exactly(requests, data)
        except EOFError:
            return
        try:
            write(*worker.answer(request, sent))
        except Refused as refused:
            write({"refused": refused.status, "detail": refused.detail}, b"")
        except Exception as failed:
            write({"failed": f"{type(failed).__name__}: {failed}"}, b"")


if __name__ == "__main__":
    serve(sys.stdin.buffer, Worker())
