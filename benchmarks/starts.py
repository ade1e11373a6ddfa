# SPDX-License-Identifier: Apache-2.0
"""The published client's part of benchmarks/starts: its own subprocess runtime, and a shell's first command."""
import asyncio
import json
import socket
import statistics
import sys
import time


async def ready(source):
    from hud.eval import Task
    from hud.eval.runtime import SubprocessRuntime

    begun = time.perf_counter()
    async with SubprocessRuntime(source)(Task(env="bench", id="look", args={})) as runtime:
        host, port = runtime.url.removeprefix("tcp://").rsplit(":", 1)
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b'{"jsonrpc":"2.0","id":1,"method":"hello","params":{}}\n')
        await reader.readline()
        took = (time.perf_counter() - begun) * 1000
        writer.close()
    return took


async def client(source, starts):
    alone = [await ready(source) for _ in range(starts)]
    waves = []
    for _ in range(3):
        waves += await asyncio.gather(*(ready(source) for _ in range(16)))
    room = asyncio.Semaphore(16)

    async def one():
        async with room:
            return await ready(source)

    together = await asyncio.gather(*(one() for _ in range(48)))
    print("times", statistics.median(alone), statistics.median(waves), statistics.median(together))


async def shells():
    import asyncssh

    for line in sys.stdin:
        address, capability, key = line.split()
        begun = time.perf_counter()
        tunnel = socket.socket(socket.AF_UNIX)
        tunnel.connect(address)
        tunnel.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tunnel.open", "params": {"capability": capability}}).encode() + b"\n")
        while tunnel.recv(1) not in (b"\n", b""):
            pass
        tunnel.setblocking(False)
        signing = asyncssh.import_private_key(json.loads(f'"{key}"'))
        async with asyncssh.connect(sock=tunnel, username="agent", known_hosts=None, client_keys=[signing]) as connection:
            result = await connection.run("echo ready")
        assert result.stdout == "ready\n", result
        print((time.perf_counter() - begun) * 1000, flush=True)


asyncio.run(shells() if sys.argv[1] == "shells" else client(sys.argv[2], int(sys.argv[3])))
