# SPDX-License-Identifier: Apache-2.0
"""Starts what the client keeps its shells with, its "namespace host", as a fork of the environment, which has it imported, and not as an
interpreter that imports it again for a second and a half. It comes before serve.py.

The client's own command still makes its namespaces. What it runs there is no host, but somebody who hands them over, and its input and
output, and stays for as long as the host does: either ends with the other.
"""
import asyncio
import ctypes
import gc
import os
import runpy
import signal
import socket
import sys
import threading
import traceback
import warnings

NAMESPACES = ("user", "mnt", "net")
HAND_OVER = """
import _socket, array, os, sys
host = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
host.connect(sys.argv[1])
files = [0, 1, 2] + [os.open("/proc/self/ns/" + name, os.O_RDONLY) for name in sys.argv[2:]]
host.sendmsg([b"host"], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, array.array("i", files))])
for file in files:
    os.close(file)
host.recv(1)
"""

# What the client's own bridge does between a workspace's network and its ways out, without asyncio, which takes most of its start.
BRIDGE = """
import json, socket, sys, threading

def carry(source, target):
    try:
        while got := source.recv(65536):
            target.sendall(got)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for one in (source, target):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

def join(near, path):
    with near, socket.socket(socket.AF_UNIX) as far:
        try:
            far.connect(path)
        except OSError:
            return
        back = threading.Thread(target=carry, args=(far, near), daemon=True)
        back.start()
        carry(near, far)
        back.join()

def accept(listener, path):
    while True:
        near, _ = listener.accept()
        threading.Thread(target=join, args=(near, path), daemon=True).start()

threading.stack_size(256 << 10)
listeners = [(socket.create_server((host, port), backlog=128), path) for host, port, path in json.loads(sys.stdin.readline())]
print("ready", flush=True)
for listener in listeners:
    threading.Thread(target=accept, args=listener).start()
"""


def forked_hosts(start):

    async def start_host(*command, env=None, **more):
        at = next((place for place, word in enumerate(command) if os.path.basename(str(word)) == "namespace.py"), 0)
        if not at or command[at - 1] != sys.executable:
            return await start(*command, env=env, **more)
        address = command[at + 1] + ".host"
        door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        door.bind(address)
        os.chmod(address, 0o600)
        door.listen(1)
        loop = asyncio.get_running_loop()
        loop.add_reader(door, lambda: fork_host(loop, door, address, command[at:], env, start))
        return await start(*command[:at], "-I", "-S", "-c", HAND_OVER, address, *NAMESPACES, env=env, **more)

    return start_host


def fork_host(loop, door, address, command, env, start):
    connection, _ = door.accept()
    loop.remove_reader(door)
    door.close()
    os.unlink(address)
    _, files, _, _ = socket.recv_fds(connection, 16, 6)
    with warnings.catch_warnings(action="ignore"):  # that it has threads: the fork uses nothing of theirs
        host = os.fork()
    if not host:
        try:
            be_host(connection, files, command, env, start)
        except BaseException:
            traceback.print_exc()  # the client shows it, if it reached its output
        finally:
            os._exit(1)
    connection.close()
    for file in files:
        os.close(file)
    ended = os.pidfd_open(host)

    def bury():
        loop.remove_reader(ended)
        os.close(ended)
        os.waitpid(host, 0)

    loop.add_reader(ended, bury)


def be_host(connection, files, command, env, start):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE: what it remembers of the environment is read by nobody, whatever namespaces they come into
    gc.freeze()  # what belonged to the environment's own loop is never closed here: its numbers are other files' now
    for number, file in enumerate(files[:3]):
        os.dup2(file, number)
    for name, namespace in zip(NAMESPACES, files[3:]):
        # where a workspace shares one with its environment, it is there already, and has no power to enter it once more
        if not os.path.samestat(os.fstat(namespace), os.stat("/proc/self/ns/" + name)) and libc.setns(namespace, 0):
            raise OSError(ctypes.get_errno(), "setns", name)
    kept = connection.detach()
    os.closerange(3, kept)
    os.closerange(kept + 1, 1 << 16)
    signal.set_wakeup_fd(-1)
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, signal.SIG_DFL)
    asyncio._set_running_loop(None)
    asyncio.set_event_loop(None)
    asyncio.create_subprocess_exec = start
    os.environ.clear()
    os.environ.update(env or {})
    os.chdir("/")

    def end_with_it():
        socket.socket(fileno=kept).recv(1)
        os._exit(0)

    threading.Thread(target=end_with_it, daemon=True).start()
    sys.argv = [str(word) for word in command]
    runpy.run_path(sys.argv[0], run_name="__main__")


asyncio.create_subprocess_exec = forked_hosts(asyncio.create_subprocess_exec)
try:
    from hud.environment import egress

    egress._BRIDGE = BRIDGE
except ImportError:
    pass  # a client without workspaces
