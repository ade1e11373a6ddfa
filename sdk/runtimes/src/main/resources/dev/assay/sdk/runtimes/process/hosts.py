# SPDX-License-Identifier: Apache-2.0
"""Starts what the client keeps its shells with, its "namespace host", as a fork of the environment, which has it imported, and not as an
interpreter that imports it again for a second and a half. It comes before serve.py.

The client's own command still makes its namespaces. What it runs there is no host, but somebody who hands them over, and its input and
output, and stays for as long as the host does: either ends with the other. Where that does not come about, it becomes the client's own host.
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
OTHERS = ("pid", "ipc", "uts", "cgroup")
HAND_OVER = """
import _socket, array, os, sys
address, here, command = sys.argv[1], sys.argv[2].split(","), sys.argv[3:]
names, others = "%s".split(), "%s".split()
try:
    host = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
    host.connect(address)
    files = [os.open("/proc/self/ns/" + name, os.O_RDONLY) for name in names]
    taken = [os.readlink("/proc/self/ns/" + name) for name in others] == here
    if taken:
        host.sendmsg([b"host"], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, array.array("i", [0, 1, 2] + files))])
        taken = host.recv(1) == b"1"
except OSError:
    taken = False
if not taken:
    os.execv(sys.executable, [sys.executable] + command)
for file in [0, 1, 2] + files:
    os.close(file)
host.recv(1)
""" % (" ".join(NAMESPACES), " ".join(OTHERS))


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
        here = ",".join(os.readlink("/proc/self/ns/" + name) for name in OTHERS)
        return await start(*command[:at], "-I", "-S", "-c", HAND_OVER, address, here, *command[at:], env=env, **more)

    return start_host


def fork_host(loop, door, address, command, env, start):
    connection, _ = door.accept()
    loop.remove_reader(door)
    door.close()
    os.unlink(address)
    _, files, _, _ = socket.recv_fds(connection, 16, 3 + len(NAMESPACES))
    if len(files) != 3 + len(NAMESPACES):  # it stands where no fork of this one can come
        connection.close()
        for file in files:
            os.close(file)
        return
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
    os.write(kept, b"1")
    sys.argv = [str(word) for word in command]
    runpy.run_path(sys.argv[0], run_name="__main__")


asyncio.create_subprocess_exec = forked_hosts(asyncio.create_subprocess_exec)
