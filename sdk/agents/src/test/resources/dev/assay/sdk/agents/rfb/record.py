# SPDX-License-Identifier: Apache-2.0
"""Writes verbs.json: what the published client's screen tool (hud 0.6.21, asyncvnc 1.3.0) writes for each of its verbs, and its waits."""

import asyncio
import json
import sys
from types import SimpleNamespace

from asyncvnc import Keyboard, Mouse
from hud.agents.tools.base import AgentToolSpec
from hud.agents.tools.rfb import RFBTool, keysym

events = []


class Writer:
    def write(self, data):
        if data[0] == 5:
            events.append(f"pointer {data[1]} {int.from_bytes(data[2:4])} {int.from_bytes(data[4:6])}")
        else:
            events.append(f"key {'down' if data[1] else 'up'} {int.from_bytes(data[4:8]):x}")


class Tool(RFBTool):
    name = "screen"
    execute = to_params = None


async def sleep(seconds):
    events.append(f"wait {round(seconds * 1000)}")


async def nothing():
    pass


asyncio.sleep = sleep
writer = Writer()
conn = SimpleNamespace(mouse=Mouse(writer), keyboard=Keyboard(writer), writer=writer)
Tool.__abstractmethods__ = frozenset()
tool = Tool(spec=AgentToolSpec("x", "x"), client=SimpleNamespace(conn=conn, drain=nothing))

VERBS = [
    ["move", 3, 4],
    ["click", None, None, "left", [], 1, 0],
    ["click", 10, 20, "right", ["Control_L", "Shift_L"], 1, 0],
    ["click", 10, 20, "left", [], 3, 100],
    ["click", 10, 20, "middle", ["no such key"], 1, 0],
    ["click", 10, 20, "middle", ["Alt_L", "no such key"], 1, 0],
    ["mouse_down", "left"],
    ["move", 9, 9],
    ["mouse_up", "left"],
    ["scroll", 5, 6, 3, ["Control_L"]],
    ["scroll", None, None, -2, []],
    ["scroll", 5, 6, 0, []],
    ["drag", [[0, 0], [100, 40], [100, 41], [3, 7]], ["Shift_L"]],
    ["drag", [[0, 0], [2000, 900]], []],
    ["drag", [[0, 0]], []],
    ["type", "aZ!\té\r\nΩ\r€ я"],
    ["type", "ab☃c"],
    ["type", "\U0001f600"],
    ["type", ""],
    ["press_keys", ["Control_L", "Alt_L", "Delete"], 2],
    ["press_keys", ["F5"], 0],
    ["press_keys", ["Control_L", "nothing"], 1],
    ["press_keys", [], 1],
    ["key_down", "Super"],
    ["key_up", "Cmd"],
    ["key_down", "return"],
    ["hold_key", "space", 1500],
    ["hold_key", "nope", 10],
    ["wait", 700],
]


def left_out(x, y):
    return {} if x is None else {"x": x, "y": y}


async def do(verb, *args):
    match verb:
        case "click":
            x, y, button, held, count, interval = args
            await tool.click(**left_out(x, y), button=button, hold_keys=held, count=count, interval_ms=interval)
        case "scroll":
            x, y, clicks, held = args
            await tool.scroll(**left_out(x, y), scroll_y=clicks, hold_keys=held)
        case "drag":
            await tool.drag([tuple(point) for point in args[0]], hold_keys=args[1])
        case "type":
            await tool.type_text(*args)
        case "press_keys":
            await tool.press_keys(args[0], count=args[1])
        case "hold_key":
            await tool.hold_key(args[0], duration_ms=args[1])
        case _:
            await getattr(tool, verb)(*args)


async def main():
    written = []
    for verb in VERBS:
        events.clear()
        failed = False
        try:
            await do(*verb)
        except (KeyError, ValueError):
            failed = True
        written.append({"verb": verb, "failed": failed, "events": list(events)})
    names = "alt Option CTRL control shift meta super win cmd command enter return esc escape tab space backspace del delete home end \
pageup pagedown arrowup arrowdown arrowleft arrowright capslock printscreen F5 a Page_Down up".split()
    json.dump({"verbs": written, "names": {name: keysym(name) for name in names}}, sys.stdout, indent=1)


asyncio.run(main())
