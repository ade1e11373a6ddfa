# SPDX-License-Identifier: Apache-2.0
"""Runs the client as a fork of a Python that has imported what the client needs of others, which is most of what a start of it costs.

The client itself, and whatever looks at variables or at the user's folder while it is imported, each fork imports for itself.

    forks.py serve SOCKET            until its standard input ends
    forks.py run SOCKET FILE WORDS   as if FILE had been started with these words
"""
import array
import os
import socket
import sys

EACH_FOR_ITSELF = ("hud", "fastmcp", "typer", "rich", "click", "keyring", "dotenv", "platformdirs", "__main__", "_openssl")


def run(address, command):
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        server.connect(address)
        words = [os.getcwd(), str(len(command)), *command, *(name + "=" + value for name, value in os.environ.items())]
        server.sendmsg(["\0".join(words).encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))])
        os._exit(int(server.recv(16) or b"1"))


def serve(address):
    """Returns in each fork."""
    for name in others():
        __import__(name)
    gc.collect()
    gc.freeze()
    door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    door.bind(address)
    door.listen(64)
    print("ready", flush=True)
    waiting = selectors.DefaultSelector()
    come, running = [], set()
    waiting.register(0, selectors.EVENT_READ, lambda: leave(running))
    waiting.register(door, selectors.EVENT_READ, lambda: come.append(door.accept()[0]))
    while True:
        for key, _ in waiting.select():
            key.data()
        while come:
            asked = come.pop()
            text, files, _, _ = socket.recv_fds(asked, 1 << 20, 3)
            child = os.fork()
            if not child:
                # else they would be closed when they are forgotten, and their numbers are other files' then
                for one in [asked, *come, *(key.fileobj for key in waiting.get_map().values())]:
                    if isinstance(one, socket.socket):
                        one.detach()
                waiting.close()
                return become(text.decode().split("\0"), files)
            for file in files:
                os.close(file)
            running.add(child)
            watch(waiting, child, asked, running)


def others():
    """What the client imports: asked of a fork, which keeps it."""
    end, start = os.pipe()
    child = os.fork()
    if not child:
        import hud.agents, hud.cli, hud.eval  # noqa: E401, F401

        os.write(start, "\n".join(name for name in sys.modules if name.split(".")[0] not in EACH_FOR_ITSELF).encode())
        os._exit(0)
    os.close(start)
    with open(end) as names:
        found = names.read().split()
    os.waitpid(child, 0)
    return found


def leave(running):
    """Whoever the forks were for is gone."""
    for child in running:
        end_all_of(child)
    os._exit(0)


def end_all_of(child):
    for end in (os.kill, os.killpg):  # it may not lead a group yet
        try:
            end(child, 9)
        except ProcessLookupError:
            pass


def watch(waiting, child, asked, running):
    ended = os.pidfd_open(child)

    def end():
        """The fork has ended, or whoever asked for it."""
        if ended not in waiting.get_map():
            return  # both at once
        running.discard(child)
        waiting.unregister(ended)
        waiting.unregister(asked)
        try:
            if not os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                end_all_of(child)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            asked.send(str(code if code >= 0 else 128 - code).encode())
        except OSError:
            pass  # nobody waits any more
        os.close(ended)
        asked.close()

    waiting.register(ended, selectors.EVENT_READ, end)
    waiting.register(asked, selectors.EVENT_READ, end)


def become(words, files):
    os.setsid()
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.closerange(3, 4096)
    count = int(words[1])
    os.environ.clear()
    os.environ.update(word.split("=", 1) for word in words[2 + count:])
    time.tzset()
    os.chdir(words[0])
    sys.argv = words[2:2 + count]
    sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))


if sys.argv[1] == "run":
    run(sys.argv[2], sys.argv[3:])

import gc  # noqa: E402
import runpy  # noqa: E402
import selectors  # noqa: E402
import time  # noqa: E402

serve(sys.argv[2])
runpy.run_path(sys.argv[0], run_name="__main__")
