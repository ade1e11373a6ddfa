# SPDX-License-Identifier: Apache-2.0
"""Loads a Python environment as serve.py does, which follows, and forks a child for each rollout instead of serving.

The keeper outside believes none of it: what is said here keeps honest environments whole, and walls are its work. A child begins where a
fresh process would have come to: the environment loaded, nothing served yet.
"""
import atexit
import ctypes
import gc
import importlib
import json
import os
import random
import signal
import socket
import sys
import tempfile
import threading
import traceback
import uuid

LATE = ("asyncio", "concurrent.futures.thread", "encodings.ascii", "encodings.idna", "asyncssh", "hud.environment.file_tracker",
        "hud.environment.namespace", "hud.environment.workspace")
PLACES = [os.getcwd(), os.environ["HOME"], os.environ["TMPDIR"], "/var/tmp", "/dev/shm"]
LARGE = 2 << 20
OWN = [name for name in sys.argv.pop(1).split(",") if name]
placeholders = {name: os.environ[name] for name in OWN if name in os.environ}  # a build has none
of_a_run = {}  # the client's settings, and the variable that each is read from
control = socket.socket(fileno=3)
control.set_inheritable(False)
libc = ctypes.CDLL(None, use_errno=True)


class Drawn:
    """Notices what the author's modules draw of what is to be drawn once: a token or an id would be that of many runs. What a library
    draws while it is imported is its own."""

    def __init__(self):
        self.by = ""
        for module, name in ((os, "urandom"), (os, "getrandom"), (random, "_urandom"), (uuid, "uuid1")):
            if hasattr(module, name):
                setattr(module, name, self.noticed(getattr(module, name)))

    def noticed(self, draw):
        def drawing(*arguments, **more):
            if self.by is not None:
                self.by = self.by or self.author(sys._getframe(1))
            return draw(*arguments, **more)

        return drawing

    def author(self, frame):
        """The author's file that it is drawn for; empty if none."""
        while frame is not None and not frame.f_code.co_filename.startswith("<frozen importlib"):
            path = os.path.abspath(frame.f_code.co_filename)
            if path.startswith(PLACES[0] + "/") and os.path.isfile(path):
                return os.path.relpath(path, PLACES[0])
            frame = frame.f_back
        return ""


def files():
    found = {}
    for place in PLACES:
        for folder, folders, names in os.walk(place):
            folders[:] = [name for name in folders if name != "__pycache__"]
            for name in folders + names:
                path = os.path.join(folder, name)
                status = os.lstat(path)
                found[path] = (status.st_mode, status.st_size, status.st_mtime_ns if name in names else 0, status.st_ino)
    return found


def settle():
    """What the client has read of the variables it reads once more."""
    settings = sys.modules.get("hud.settings")
    if settings is not None:
        settings.settings.__init__()


def settings_of_a_run():
    """Which of the client's settings hold which of a run's own variables, letter by letter. Empty if it is not as simple as that.
    Reading all of them anew takes longer than all else that a fork does for itself."""
    settings = getattr(sys.modules.get("hud.settings"), "settings", None)
    before = dict(vars(settings)) if settings is not None else {}
    more = dict(getattr(settings, "model_extra", None) or {})
    for name, value in placeholders.items():
        os.environ[name] = value[::-1]
    settle()
    fields = {}
    for field, value in before.items():
        now = vars(settings).get(field)
        if now == value:
            continue
        name = next((name for name, given in placeholders.items() if (value, now) == (given, given[::-1])), None)
        if name is None:
            return {}
        fields[field] = name
    return fields if more == (getattr(settings, "model_extra", None) or {}) else {}


def settle_for_a_run():
    """As settle() would, of what is one run's. All other variables are the parent's own: whoever is given others has another parent."""
    if of_a_run and set(placeholders) == {name for name in OWN if name in os.environ}:
        for field, name in of_a_run.items():
            vars(sys.modules["hud.settings"].settings)[field] = os.environ[name]
    else:
        settle()


def keeps(text):
    """Whether it is still to be found in what the environment holds, other than by us."""
    raw, shortest = text.encode(), len(text)
    seen, todo = set(), gc.get_objects()
    mine = {id(one) for one in (todo, seen, placeholders)}
    for one in todo:
        if id(one) in mine:
            continue
        for held in gc.get_referents(one):
            kind = type(held)
            if kind is str:
                if len(held) >= shortest and held is not text and text in held:
                    return True
            elif kind is bytes or kind is bytearray:
                if len(held) >= shortest and held is not raw and raw in held:
                    return True
            elif kind in (tuple, dict, set, frozenset, list) and not gc.is_tracked(held) and id(held) not in seen:
                seen.add(id(held))
                todo.append(held)
    return False


def obstacle(before, state, drawn):
    """Why what was loaded cannot be forked, for its author; empty if it can."""
    if getattr(sys.modules.get("__main__"), "__assay_no_fork__", False) or any(
            vars(module).get("ASSAY_FORK", True) is False for module in list(sys.modules.values()) if hasattr(module, "__dict__")):
        return "it says ASSAY_FORK = False"
    probe = os.fork()  # some libraries end their threads before a fork, and begin them anew when they are used
    if not probe:
        os._exit(0)
    os.waitpid(probe, 0)
    if len(os.listdir("/proc/self/task")) > 1:
        return "it started threads while it was loaded"
    if children := open("/proc/thread-self/children").read().split():
        return f"it started {len(children)} processes while it was loaded"
    for name in os.listdir("/proc/self/fd"):
        try:
            where = os.readlink("/proc/self/fd/" + name)
        except OSError:
            continue  # of the listing itself
        if int(name) > 3:
            return f"it keeps {where} open"
    now = files()
    if changed := sorted(path for path in now.keys() | before.keys() if now.get(path) != before.get(path)):
        return f"it wrote {changed[0]} while it was loaded"
    if drawn.by:
        return f"it drew random bytes or an id in {drawn.by} while it was loaded"
    if random.getstate() != state:
        return "it drew from or seeded Python's own random numbers while it was loaded"
    own = {id(one) for one in (random._inst, getattr(getattr(tempfile, "_name_sequence", None), "_rng", None))}
    generators = [one for one in gc.get_objects() if isinstance(one, random.Random) and not isinstance(one, random.SystemRandom)]
    if any(id(one) not in own for one in generators):
        return "it keeps a generator of random numbers"
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:
        kinds = (numpy.Generator, numpy.RandomState, numpy.BitGenerator)
        theirs = numpy.mtrand._rand
        if any(isinstance(one, kinds) and one is not theirs and one is not theirs._bit_generator for one in gc.get_objects()):
            return "it keeps a generator of numpy's random numbers"
        fresh = numpy.RandomState().get_state()[2]  # where one stands from which nothing was drawn, or just a whole block
        if getattr(theirs._bit_generator, "_seed_seq", None) is None or theirs.get_state()[2] != fresh:
            return "it drew from or seeded numpy's random numbers while it was loaded"
    for name in ("torch", "tensorflow", "jax"):
        if name in sys.modules:
            return f"it loads {name}, which does not bear a fork"
    of_a_run.update(settings_of_a_run())
    gc.collect()
    for name, value in placeholders.items():
        if keeps(value):
            return f"it read {name} while it was loaded, which differs from run to run"
    return ""


def fork_for_each(main, serve, before, state, drawn):
    for name in LATE:
        try:
            importlib.import_module(name)
        except ImportError:
            pass
    guard = sys.modules.get("hud.environment.process_guard")
    if guard is not None and hasattr(guard, "process_connections_supported"):
        guard.process_connections_supported()  # what a workspace finds out of the machine, once
    gc.collect()
    why = obstacle(before, state, drawn)
    drawn.by = None  # from here on each draws for itself
    control.send(why.encode() or b" ")
    importlib.invalidate_caches()  # for all that are forked: each would copy some hundred pages for it
    gc.freeze()
    in_large_pages()
    sys.stdout.flush()
    sys.stderr.flush()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        _, files_given, _, _ = socket.recv_fds(control, 16, 1)
        if not files_given:
            os._exit(0)
        if not os.fork():
            begin(files_given[0])
            serve_and_end(serve, main)
        os.close(files_given[0])


def in_large_pages():
    """A fork copies an entry for each page, and its end takes each away again: of large ones there are few. What is written to is copied in
    small ones all the same. Before Linux 6.1 the pages stay as they are."""
    libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    with open("/proc/self/maps") as maps:
        own = [line.split() for line in maps]
    for place, rights, _, _, file, *name in own:
        if rights == "rw-p" and file == "0" and name in ([], ["[heap]"]):
            begin, end = (int(number, 16) // LARGE for number in place.split("-"))
            for page in range(begin + 1, end):
                libc.madvise(page * LARGE, LARGE, 25)  # MADV_COLLAPSE


def serve_and_end(serve, main):
    """Without taking apart what the parent has loaded, object by object: all those pages would be copied first, to no use."""
    code = 0
    try:
        serve(main)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if code is not end.code and end.code is not None:
            print(end.code, file=sys.stderr)  # as the interpreter would
    except BaseException:
        traceback.print_exc()
        code = 1
    try:
        threading._shutdown()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code & 0xFF)


def begin(given):
    """From here on as the child: into the walls that stand for it, and only then to what is its own."""
    keeper = socket.socket(fileno=given)
    keeper.send(b"fork")
    _, (output, told, *doorways), _, _ = socket.recv_fds(keeper, 16, 16)
    if any(libc.setns(doorway, 0) for doorway in doorways):
        os._exit(1)
    if os.fork():
        os._exit(0)
    os.setsid()
    os.dup2(output, 1)
    os.dup2(output, 2)
    control.detach()
    os.dup2(keeper.detach(), 3, inheritable=False)
    os.dup2(told, 4, inheritable=False)
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    os.closerange(5, 1 << 16)
    os.setgroups([])
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    libc.syscall(250 if os.uname().machine == "x86_64" else 219, 1, None)  # KEYCTL_JOIN_SESSION_KEYRING: no namespace parts them
    if libc.unshare(0x10000000):
        os._exit(1)
    libc.prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE: what /proc says of it is its own
    keeper = socket.socket(fileno=3)
    keeper.send(b"here")
    variables = b""
    while not variables.endswith(b"\n"):
        variables += os.read(4, 1 << 16) or os._exit(1)
    os.close(4)
    keeper.close()
    os.chdir(PLACES[0])
    os.environ.clear()
    os.environ.update(json.loads(variables))
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    tempfile._name_sequence = None
    random.seed()
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:
        numpy.seed()
    settle_for_a_run()


def prepare():
    import hud.utils.process as process

    before, state, serve, drawn = files(), random.getstate(), process.run_until_terminated, Drawn()
    process.run_until_terminated = lambda main: fork_for_each(main, serve, before, state, drawn)


prepare()
