# SPDX-License-Identifier: Apache-2.0
# The door of a pod that has no network: the worker connects and waits at one port, the environment comes to the other, and this joins them.
# A third port tells the worker when the environment listens.
# That there is no network is not believed but tried, for as long as the pod runs: the API server is asked, as every pod could. If it takes
# connections, so does the rest of the cluster.
import asyncio
import os
import sys
import time

DOOR, WORKER, SERVING, CONTROL, PATIENCE_SECONDS, CLOSED_SECONDS = (int(argument) for argument in sys.argv[1:])
API_SERVER = (os.environ["KUBERNETES_SERVICE_HOST"], int(os.environ["KUBERNETES_SERVICE_PORT"]))
LETS_OUT = 3
AGAIN_SECONDS = 2
LAST_WORDS_SECONDS = 10
waiting = asyncio.Queue()


async def copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass


async def wait(reader, writer):
    await waiting.put((reader, writer))


async def come(reader, writer):
    while True:
        from_worker, to_worker = await waiting.get()
        if not from_worker.at_eof() and from_worker.exception() is None:
            break
        to_worker.close()  # whoever waited has left
    up = asyncio.ensure_future(copy(reader, to_worker))
    down = asyncio.ensure_future(copy(from_worker, writer))
    # a forwarded port knows no half of a connection: whoever has said all is given a while to be answered
    await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
    if not down.done():
        await asyncio.wait({down}, timeout=LAST_WORDS_SECONDS)
    up.cancel()
    down.cancel()
    writer.close()
    to_worker.close()


async def tell(reader, writer):
    left = asyncio.ensure_future(reader.read(1))
    while not left.done():
        try:
            _, probe = await asyncio.open_connection("127.0.0.1", CONTROL)
            probe.close()
            writer.write(b"\n")
            break
        except OSError:
            await asyncio.wait({left}, timeout=0.05)
    await left
    writer.close()


async def answers():
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(*API_SERVER), 1)
        writer.close()
        return True
    except (OSError, asyncio.TimeoutError):
        return False


async def closed():
    """Whether nothing has answered for a while: one refusal may be an API server's that restarts, or a network's that is only coming up."""
    began = since = time.monotonic()
    while True:
        there, now = await answers(), time.monotonic()
        if there:
            since = now
            if now - began > PATIENCE_SECONDS:
                return False
        elif now - since >= CLOSED_SECONDS:
            return True
        await asyncio.sleep(0.5)


async def main():
    await asyncio.start_server(wait, "127.0.0.1", WORKER, backlog=128)
    await asyncio.start_server(tell, "127.0.0.1", SERVING)
    if not await closed():
        return
    # last: whoever sees this one knows that all are there, and that nobody gets out
    await asyncio.start_server(come, "127.0.0.1", DOOR, backlog=128)
    while not await answers():
        await asyncio.sleep(AGAIN_SECONDS)


asyncio.run(main())
print("the cluster lets a sandbox out: its API server takes connections in spite of the network policy", file=sys.stderr)
sys.exit(LETS_OUT)
