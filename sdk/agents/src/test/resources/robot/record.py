# SPDX-License-Identifier: Apache-2.0
"""Records what the published client's own robot agent says and hears, for RecordedRobotsTests, and what its codec makes of values.

In a virtual environment with hud[robot]==0.6.21 and typer<0.29: python record.py
"""

import asyncio
import base64
import json
import logging
import pathlib
import sys
import threading

import hud.capabilities.robot as wire
import hud.types
import numpy as np
import websockets.sync.server
from hud.agents.robot import OpenPIAdapter, RemoteModel, RobotAgent
from hud.eval import LocalRuntime, rollout
from openpi_client import msgpack_numpy

HERE = pathlib.Path(__file__).parent
WATCHED = HERE.parents[5] / "acceptance/src/test/resources/sources/watched"
MARKS = ("step_id", "started_at", "ended_at")


def text(raw):
    return base64.b64encode(bytes(raw)).decode()


def codec():
    """Each value beside the bytes of the client's codec; `values` are the same numbers as JSON has them."""
    arrays = {
        "float32": np.array([[1.5, -2.0], [0.25, 1e10]], "<f4"), "float64": np.array([1.5, -2.25]), "float16": np.array([0.5, -1.0], "<f2"),
        "int8": np.array([-3, 4], "i1"), "uint8": np.arange(12, dtype=np.uint8).reshape(2, 2, 3), "int16": np.array([-300, 5], "<i2"),
        "uint16": np.array([65535, 1], "<u2"), "int32": np.array([-70000], "<i4"), "int64": np.array([2**40, -1]),
        "uint32": np.array([2**32 - 1], "<u4"), "bool": np.array([True, False]), "big-endian": np.array([1.5, 2.0], ">f4"),
        "no dimension": np.array(7.5, "<f4"), "empty": np.zeros((0, 3), "<f4"), "turned": np.arange(6, dtype="<f4").reshape(2, 3).T,
    }
    scalars = {"float32": np.float32(1.5), "int64": np.int64(-7), "bool": np.bool_(True), "uint8": np.uint8(200)}
    plain = {"a": 1, "b": [True, None, -5, 2**40, 1.5, "text", b"bytes"], "nested": {"x": {"y": []}}, "long": "x" * 300}
    return {
        "arrays": [{"what": what, "dtype": one.dtype.str, "shape": list(one.shape), "values": one.astype(float).ravel().tolist(),
                    "packed": text(msgpack_numpy.packb(one))} for what, one in arrays.items()],
        "scalars": [{"what": what, "value": one.item(), "packed": text(msgpack_numpy.packb(one))} for what, one in scalars.items()],
        "plain": {"value": {**plain, "b": [*plain["b"][:-1], text(plain["b"][-1])]}, "packed": text(msgpack_numpy.packb(plain))},
    }


class Policy:
    """Speaks the protocol of OpenPI's server. Pushes the cart one way, or the way that the pole leans."""

    def __init__(self, kind, length, exchange):
        self.kind, self.length, self.exchange = kind, length, exchange
        self.server = websockets.sync.server.serve(self.talk, "127.0.0.1", 0, compression=None, max_size=None)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = self.server.socket.getsockname()[1]

    def talk(self, socket):
        self.say(socket, {"name": "stand-in"})
        for raw in socket:
            self.exchange.append({"policy": "asked", "frame": text(raw)})
            state = msgpack_numpy.unpackb(raw)["state"]
            push = 1.0 if self.kind == "right" or state[2] + state[3] > 0 else -1.0
            self.say(socket, {"actions": np.full((self.length, 1), push), "server_timing": {"infer_ms": 1.5}})

    def say(self, socket, message):
        raw = msgpack_numpy.packb(message)
        self.exchange.append({"policy": "said", "frame": text(raw)})
        socket.send(raw)


class Watcher(RobotAgent):
    def __init__(self, port, horizon, ticks):
        super().__init__()
        self.model = RemoteModel("127.0.0.1", port)
        self.adapter = OpenPIAdapter(chunk_size=horizon)
        self.ticks = ticks

    async def __call__(self, run):
        self.contract = (run.client.binding("openpi/0")).params["contract"]
        self.bindings = run.bindings
        await super().__call__(run, max_steps=self.ticks)


async def conversation(name, kind, length, horizon, ticks):
    exchange, spans = [], []
    packb, unpackb = msgpack_numpy.packb, msgpack_numpy.unpackb

    def sent(message):
        raw = packb(message)
        exchange.append({"world": "heard", "frame": text(raw)})
        return raw

    def came(raw):
        exchange.append({"world": "said", "frame": text(raw)})
        return unpackb(raw)

    wire._packb, wire._unpackb, hud.types.queue_span = sent, came, spans.append
    policy = Policy(kind, length, exchange)
    from env import balance

    agent = Watcher(policy.port, horizon, ticks)
    run = await rollout(balance(seed=7), agent, runtime=LocalRuntime(str(WATCHED / "env.py")))
    policy.server.shutdown()
    steps = []
    for span in spans:
        attributes = span["attributes"]
        payload = {key: value for key, value in attributes["hud.payload"].items() if key not in MARKS}
        if payload["source"] == "video_segment":
            continue  # another encoder's bytes; that they can be played is tested elsewhere
        steps.append({"schema": attributes["hud.schema"], "name": span["name"], "payload": payload})
    return {
        "name": name, "horizon": horizon, "ticks": ticks, "contract": agent.contract, "token": agent.bindings["robot"]["token"],
        "prompt": run.prompt, "content": run.trace.content, "reward": run.reward, "exchange": exchange,
        "steps": [step for step in steps if step["schema"] == "hud.robot.step.v1"],
    }


async def main():
    logging.disable(logging.INFO)
    sys.path.insert(0, str(WATCHED))
    (HERE / "codec.json").write_text(json.dumps(codec(), separators=(",", ":")).replace('{"what"', '\n{"what"') + "\n")
    recorded = [
        await conversation("falls over", "right", 4, None, None),
        await conversation("keeps the pole up until its ticks are over", "leaning", 3, 1, 12),
    ]
    (HERE / "conversations.json").write_text(json.dumps(recorded, indent=None, separators=(",", ":")).replace('{"world"', '\n{"world"')
                                             .replace('{"policy"', '\n{"policy"').replace('{"schema"', '\n{"schema"') + "\n")


if __name__ == "__main__":
    asyncio.run(main())
