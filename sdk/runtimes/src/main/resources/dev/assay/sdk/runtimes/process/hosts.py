# SPDX-License-Identifier: Apache-2.0
"""Starts what the client keeps its shells with, its "namespace host" and the bridge out of a workspace's network, as a fork of the environment,
which has imported what they need, and not as interpreters that import it again for a second and a half. It comes after parent.py and before serve.py.

The client's own command still makes a host's namespaces. What it runs there is a stand-in, who hands them over, and its input and output,
and stays for as long as the fork does: either ends with the other. Where that does not come about, it becomes what the client would have run.
The bridge is in its host's namespaces: it is a fork of the host that stays what it is.
"""
import asyncio
import gc
import os
import runpy
import signal
import socket
import sys
import threading
import traceback
import warnings

HAND_OVER = """
import _socket, array, os, sys
address, entered, alike, here, command = sys.argv[1], *map(str.split, sys.argv[2:5]), sys.argv[5:]
try:
    fork = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
    fork.connect(address)
    files = [os.open("/proc/self/ns/" + name, os.O_RDONLY) for name in entered]
    taken = [os.readlink("/proc/self/ns/" + name) for name in alike] == here
    if taken:
        fork.sendmsg([b"place"], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, array.array("i", [0, 1, 2] + files))])
        taken = fork.recv(1) == b"1"
except OSError:
    taken = False
if not taken:
    os.execv(sys.executable, [sys.executable] + command)
for file in [0, 1, 2] + files:
    os.close(file)
fork.recv(1)
"""
ENTERED = ("user", "mnt", "net")
ALIKE = ("pid", "ipc", "uts", "cgroup")


def forked_hosts(start):

    async def start_host(*command, **more):
        at = next((place for place, word in enumerate(command) if os.path.basename(str(word)) == "namespace.py"), 0)
        if not at or command[at - 1] != sys.executable:
            return await start(*command, **more)
        own = [str(word) for word in command[at:]]
        return await start_in_place(start, command[:at - 1], own, own[1] + ".host", lambda: be_host(own, start), **more)

    return start_host


def be_host(command, start):
    asyncio.create_subprocess_exec = forked_bridges(start)
    sys.argv = command
    loaded = sys.modules.get("hud.environment.namespace")
    if loaded is not None and loaded.__file__ == command[0]:
        loaded.main()  # as the client's own command does with the same file
    else:
        runpy.run_path(command[0], run_name="__main__")


def forked_bridges(start):
    bridge = getattr(sys.modules.get("hud.environment.egress"), "_BRIDGE", None)

    async def start_bridge(*command, env=None, **more):
        plain = os.path.basename(command[0]) == "nsenter" and not {"--setuid", "--setgid"}.intersection(command)
        if not plain or command[-3:] != (sys.executable, "-c", bridge):
            return await start(*command, env=env, **more)
        with warnings.catch_warnings(action="ignore"):  # that it has threads: the fork uses nothing of theirs
            return await start(*command, env=env, preexec_fn=lambda: be_bridge(bridge, env), **more)

    return start_bridge


def be_bridge(script, env):
    """Called where the host's fork would begin another program: it never does, but its input, output and session are that program's."""
    try:
        gc.enable()
        gc.freeze()
        os.closerange(3, 1 << 16)  # and with the rest what says that the program has begun
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        be_its_own(env)
        sys.stdin = open(0)  # what there was has been read by the host
        exec(compile(script, "<string>", "exec"), {"__name__": "__main__"})
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


async def start_in_place(start, maker, command, address, become, env=None, **more):
    """
    :param maker: the client's command that makes the namespaces
    :param command: the arguments of its interpreter that run what the client would have run
    """
    door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.path.exists(address):
        os.unlink(address)  # of one that never came
    door.bind(address)
    os.chmod(address, 0o600)
    door.listen(1)
    loop = asyncio.get_running_loop()
    loop.add_reader(door, lambda: fork(loop, door, address, env, become))
    here = (os.readlink("/proc/self/ns/" + name) for name in ALIKE)
    place = (" ".join(words) for words in (ENTERED, ALIKE, here))
    return await start(*maker, sys.executable, "-I", "-S", "-c", HAND_OVER, address, *place, *command, env=env, **more)


def fork(loop, door, address, env, become):
    connection, _ = door.accept()
    loop.remove_reader(door)
    door.close()
    os.unlink(address)
    _, files, _, _ = socket.recv_fds(connection, 16, 3 + len(ENTERED))
    if len(files) != 3 + len(ENTERED):  # it stands where no fork of this one can come
        connection.close()
        for file in files:
            os.close(file)
        return
    with warnings.catch_warnings(action="ignore"):  # that it has threads: the fork uses nothing of theirs
        forked = os.fork()
    if not forked:
        try:
            take_place(connection, files, env)
            become()
        except BaseException:
            traceback.print_exc()  # the client shows it, if it reached its output
        finally:
            os._exit(1)
    connection.close()
    for file in files:
        os.close(file)
    ended = os.pidfd_open(forked)

    def bury():
        loop.remove_reader(ended)
        os.close(ended)
        os.waitpid(forked, 0)

    loop.add_reader(ended, bury)


def take_place(connection, files, env):
    libc.prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE: what it remembers of the environment is read by nobody, whatever namespaces they come into
    gc.freeze()  # what belonged to the environment's own loop is never closed here: its numbers are other files' now
    for number, file in enumerate(files[:3]):
        os.dup2(file, number)
    for name, namespace in zip(ENTERED, files[3:]):
        # where a workspace shares one with its environment, it is there already, and has no power to enter it once more
        if not os.path.samestat(os.fstat(namespace), os.stat("/proc/self/ns/" + name)) and libc.setns(namespace, 0):
            raise OSError(ctypes.get_errno(), "setns", name)
    kept = connection.detach()
    os.closerange(3, kept)
    os.closerange(kept + 1, 1 << 16)
    be_its_own(env)

    def end_with_it():
        socket.socket(fileno=kept).recv(1)
        os._exit(0)

    threading.Thread(target=end_with_it, daemon=True).start()
    os.write(kept, b"1")


def be_its_own(env):
    signal.set_wakeup_fd(-1)
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, signal.SIG_DFL)
    asyncio._set_running_loop(None)
    asyncio.set_event_loop(None)
    os.environ.clear()
    os.environ.update(env or {})
    os.chdir("/")


asyncio.create_subprocess_exec = forked_hosts(asyncio.create_subprocess_exec)
