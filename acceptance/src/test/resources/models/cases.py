# SPDX-License-Identifier: Apache-2.0
"""Cases that an official SDK is put through against BASE_URL with KEY. One line of JSON tells how each went: `case`, and `why` it failed.

BEHIND says what is asked: `gateway`, or the stand-in itself (then cases that are about the gateway are left out).
"""

import asyncio
import inspect
import json
import os
import traceback
import uuid

BASE_URL, KEY = os.environ["BASE_URL"], os.environ["KEY"]
GATEWAY = os.environ.get("BEHIND", "gateway") == "gateway"
MARK = os.environ.get("MARK", "by hand")

_cases = []


def case(name, gateway_only=False):
    def keep(function):
        if GATEWAY or not gateway_only:
            _cases.append((name, function))
        return function
    return keep


def play(**turn):
    """A prompt that tells the stand-in what to answer."""
    return f"[{MARK}] play: " + json.dumps(turn | {"nonce": uuid.uuid4().hex})


def turns(*told):
    return f"[{MARK}] play: " + json.dumps({"turns": told, "nonce": uuid.uuid4().hex})


async def _go(name, function, room):
    async with room:
        try:
            if inspect.iscoroutinefunction(function):
                await asyncio.wait_for(function(), 100)
            else:
                await asyncio.wait_for(asyncio.to_thread(function), 100)
            why = None
        except Exception:
            why = traceback.format_exc(limit=-4)
    print(json.dumps({"case": name, "why": why}), flush=True)


async def _all(wanted):
    room = asyncio.Semaphore(8)
    await asyncio.gather(*(_go(name, function, room) for name, function in _cases if wanted in name))


def main():
    asyncio.run(_all(os.environ.get("ONLY", "")))
