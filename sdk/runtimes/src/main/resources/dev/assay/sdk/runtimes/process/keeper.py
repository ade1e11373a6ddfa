# SPDX-License-Identifier: Apache-2.0
"""Keeps one parent, and puts each child that it forks behind walls of its own. Requests come on stdin, answers go to stdout, a line each.

walls.py, relay.py and child.py come before it. It runs as root, outside of every wall, and is process 1 of a process namespace in which
the parent and all its children's namespaces lie: it ends with the worker, and all of them end with it. The parent runs strangers' code, so
nothing that it says is believed: a child enters namespaces that were made for it without the parent's help, and before it learns anything
of its run the kernel is asked where it stands.
"""
import contextlib
import json
import os
import select
import signal
import socket


class Keeper:

    def __init__(self, asked):
        self.control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.parent = start_parent(asked, self.control)
        _, (door,), _, _ = socket.recv_fds(self.control[0], 16, 1)
        self.door = socket.socket(fileno=door)
        self.door.setblocking(False)
        self.control[1].close()
        self.watch = select.poll()
        self.watching = {}
        self.children, self.waiting, self.codes, self.kept = {}, {}, {}, {}
        self.retired = False
        self.on(0, self.read_requests)
        self.on(self.control[0].fileno(), self.hear_parent)
        self.on(os.pidfd_open(self.parent), self.parent_gone)
        self.rest = b""

    def on(self, file, action):
        self.watching[file] = action
        self.watch.register(file, select.POLLIN)

    def off(self, file):
        del self.watching[file]
        self.watch.unregister(file)

    def run(self):
        while not (self.retired and not self.children):
            for file, _ in self.watch.poll():
                if file in self.watching:
                    self.watching[file](file)

    def answer(self, **said):
        os.write(1, json.dumps(said).encode() + b"\n")

    def read_requests(self, _):
        got = os.read(0, 1 << 16)
        if not got:
            os._exit(0)
        *lines, self.rest = (self.rest + got).split(b"\n")
        for line in lines:
            request = json.loads(line)
            getattr(self, request.pop("do"))(**request)

    def hear_parent(self, file):
        """Once, and no more: what it says later interests nobody."""
        self.off(file)
        said = self.control[0].recv(1 << 16)
        if not said:
            return
        refusal = said.decode(errors="replace")[:500].strip()
        self.answer(parent=refusal or self.obstacle())

    def obstacle(self):
        if shares_memory(f"/proc/{self.parent}"):
            return "it keeps memory that its children would share"
        try:
            self.door.accept()
            return "it used the network while it was loaded"
        except BlockingIOError:
            return ""

    def parent_gone(self, file):
        self.off(file)
        os.close(file)
        self.bury()
        self.retired = True
        self.answer(gone=self.codes.get(self.parent, -1))

    def fork(self, id, **asked):
        try:
            with contextlib.ExitStack() as unless:
                os.mkfifo(asked["output"], 0o600)
                os.mkfifo(asked["variables"], 0o600)
                self.kept[id] = os.open(asked["output"], os.O_RDWR | os.O_NONBLOCK)
                unread = os.open(asked["variables"], os.O_RDWR | os.O_NONBLOCK)
                unless.callback(os.close, unread)
                ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                told, tell = os.pipe()
                unless.callback(os.close, told)
                with ours, theirs, open(tell, "wb", 0):
                    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)

                    def build():
                        theirs.close()
                        try:
                            outcome = {"stands": child(asked, self.parent, ours)}
                        except Exception as failure:
                            outcome = {"why": f"{type(failure).__name__}: {failure}"[:300]}
                        os.write(tell, json.dumps(outcome).encode())

                    forked(build)
                    self.control[0].settimeout(1)
                    socket.send_fds(self.control[0], [b"fork"], [theirs.fileno()])
                    self.control[0].settimeout(None)
                self.on(told, lambda file: self.built(file, id, unread))
                unless.pop_all()
        except OSError as failure:
            self.read(id)
            self.answer(failed=id, why=str(failure))

    def built(self, file, id, unread):
        outcome = json.loads(os.read(file, 4096) or b'{"why": "who built its walls ended"}')
        self.off(file)
        os.close(file)
        if "why" in outcome:
            self.read(id)
            os.close(unread)
            self.answer(failed=id, why=outcome["why"])
            return
        _, number, _ = outcome["stands"]
        first, watched, relays = (handle(one) for one in outcome["stands"])
        self.children[id] = (first, number, watched, relays)
        self.waiting[id] = unread
        self.on(watched, lambda one: self.ended(one, id))
        self.answer(started=id)

    def ended(self, file, id):
        self.off(file)
        self.bury()
        first, number, watched, relays = self.children.pop(id)
        self.begin(id)
        for one in (first, relays):
            signal_to(one, signal.SIGKILL)
        for one in (first, watched, relays):
            os.close(one)
        self.answer(ended=id, code=self.codes.pop(number, -1))

    def begin(self, id):
        """It has been looked at, and was told whose run it is: past this process, of whose memory whatever it forks has a copy."""
        if id in self.waiting:
            os.close(self.waiting.pop(id))

    def read(self, id):
        """Somebody reads what it prints: its end may be seen."""
        if id in self.kept:
            os.close(self.kept.pop(id))

    def end(self, id, signal):
        if id in self.children:
            first, _, watched, _ = self.children[id]
            signal_to(watched if signal == 15 else first, signal)

    def bury(self):
        try:
            while True:
                number, status = os.waitpid(-1, os.WNOHANG)
                if not number:
                    return
                if number == self.parent or any(number == one[1] for one in self.children.values()):
                    code = os.waitstatus_to_exitcode(status)
                    self.codes[number] = code if code >= 0 else 128 - code
        except ChildProcessError:
            pass


def handle(number):
    """Of a process: its number may be another's as soon as it is buried."""
    try:
        return os.pidfd_open(number)
    except ProcessLookupError:
        return os.open("/dev/null", os.O_RDONLY)  # ended already: there is always something to read


def signal_to(handle, which):
    try:
        signal.pidfd_send_signal(handle, which)
    except OSError:
        pass  # it ended


def main():
    os.umask(0o22)  # the folders above what is mounted must be passable
    call("prctl", 1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
    call("unshare", NEWPID | NEWNS)
    first = os.fork()
    if first:
        os.close(0)
        os.close(1)
        os._exit(os.waitstatus_to_exitcode(os.waitpid(first, 0)[1]) & 0xFF)
    call("prctl", 1, signal.SIGKILL, 0, 0, 0)
    mount("none", "/", flags=REC | PRIVATE)
    mount("proc", "/proc", "proc", NOSUID | NODEV | NOEXEC)
    write("/proc/sys/kernel/ns_last_pid", "30000")  # no number of the parent's is one of a child's: libraries tell a fork by it
    line = b""
    while not line.endswith(b"\n"):
        line += os.read(0, 1) or os._exit(0)
    Keeper(json.loads(line)).run()


main()
