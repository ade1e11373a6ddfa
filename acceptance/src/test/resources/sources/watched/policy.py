# SPDX-License-Identifier: Apache-2.0
"""Stands in for a policy that somebody serves, in the protocol of OpenPI's server: pushes the cart the way that its pole leans."""

import sys

import numpy as np
import websockets.sync.server
from openpi_client import msgpack_numpy


def talk(socket):
    socket.send(msgpack_numpy.packb({"name": "stand-in"}))
    for raw in socket:
        request = msgpack_numpy.unpackb(raw)
        assert request["prompt"] == "keep the pole up" and request["front"].shape == (32, 33, 3), request.keys()
        push = 1.0 if request["state"][2] + request["state"][3] > 0 else -1.0
        socket.send(msgpack_numpy.packb({"actions": np.full((3, 1), push)}))


if __name__ == "__main__":
    with websockets.sync.server.serve(talk, sys.argv[1], 0, compression=None, max_size=None) as server:
        print(f"serving on {server.socket.getsockname()[1]}", flush=True)
        server.serve_forever()
