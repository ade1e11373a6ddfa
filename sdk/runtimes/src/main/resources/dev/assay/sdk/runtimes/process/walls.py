# SPDX-License-Identifier: Apache-2.0
"""What a parent and its children are walled off with: namespaces, users, mounts."""
import ctypes
import fcntl
import os
import socket
import struct

NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = (
    0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)
NAMESPACES = {"user": NEWUSER, "mnt": NEWNS, "cgroup": NEWCGROUP, "uts": NEWUTS, "ipc": NEWIPC, "pid": NEWPID, "net": NEWNET}
RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, BIND, REC, PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
libc = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    if getattr(libc, name)(*arguments) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def own_keys():
    """The kernel's keys that a session's processes have in common: no namespace parts them. Where that is forbidden, keys are."""
    libc.syscall(250 if os.uname().machine == "x86_64" else 219, 1, None)  # KEYCTL_JOIN_SESSION_KEYRING


def mount(source, target, kind=None, flags=0, options=None):
    call("mount", *(one.encode() if isinstance(one, str) else one for one in (source, target, kind)), ctypes.c_ulong(flags),
         options.encode() if options else None)


def restrict(target, more=0):
    """With all that is mounted below it."""
    attributes = struct.pack("QQQQ", NOSUID | NODEV | more, 0, 0, 0)
    call("syscall", 442, -100, target.encode(), 0x8000, attributes, len(attributes))  # mount_setattr, AT_RECURSIVE


def view(root, words, user):
    """What bubblewrap would make of the same words."""
    words, size, mode = iter(words), "", "755"
    empty = root + "/run/empty"
    open(empty, "w").close()
    for word in words:
        if word == "--perms":
            mode = next(words)
            continue
        if word == "--size":
            size = ",size=" + next(words)
            continue
        if word == "--symlink":
            target, place = next(words), root + next(words)
            os.path.lexists(place) or os.symlink(target, place)
        elif word in ("--bind", "--ro-bind", "--ro-bind-try"):
            source, path = next(words), next(words)
            place = root + path
            if word == "--ro-bind-try" and not os.path.exists(source):
                continue
            if os.path.isdir(source):
                folder_to_cover(root, path, user)
            elif not os.path.exists(place):
                file_to_cover(place, empty)
            mount(source, place, flags=BIND | REC)
            restrict(place, 0 if word == "--bind" else RDONLY)
        elif word == "--tmpfs":
            place = root + next(words)
            os.makedirs(place, exist_ok=True)
            mount("tmpfs", place, "tmpfs", NOSUID | NODEV, "mode=" + mode + size)
        elif word == "--dev":
            devices(root + next(words))
        elif word == "--remount-ro":
            mount("none", root + next(words), flags=REMOUNT | BIND | RDONLY | NOSUID | NODEV)
        else:
            raise ValueError("no such word: " + word)
        size, mode = "", "755"
    os.unlink(empty)


def folder_to_cover(root, path, user):
    """The first two that are missing above it are the sandbox's own, on the disk. Below these no file system is asked to make any: they are in
    memory, and nobody's inside."""
    names, place, made, disk = path.strip("/").split("/"), root, 0, os.stat(root).st_dev
    for at, name in enumerate(names, 1):
        place += "/" + name
        if os.path.isdir(place):
            continue
        os.mkdir(place)
        if os.stat(place).st_dev != disk:
            continue
        os.chown(place, user, user)
        made += 1
        if made == 2 and len(names) > at + 1:
            mount("tmpfs", place, "tmpfs", NOSUID | NODEV, "mode=755,size=64k,nr_inodes=1000")


def file_to_cover(place, empty):
    """One more name of one file, where that can be: a file system takes its time to make a file."""
    try:
        os.link(empty, place)
    except OSError:
        open(place, "w").close()


def devices(place):
    mount("tmpfs", place, "tmpfs", NOSUID, "mode=755")
    for name in DEVICES:
        open(f"{place}/{name}", "w").close()
        mount(f"/dev/{name}", f"{place}/{name}", flags=BIND)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.symlink(f"/proc/self/fd/{number}", f"{place}/{name}")
    for target, name in (("/proc/self/fd", "fd"), ("/proc/kcore", "core"), ("pts/ptmx", "ptmx")):
        os.symlink(target, f"{place}/{name}")
    os.mkdir(f"{place}/pts")
    os.mkdir(f"{place}/shm")
    mount("devpts", f"{place}/pts", "devpts", NOSUID | NOEXEC, "newinstance,ptmxmode=0666,mode=620")


def forked(task):
    """Runs the task in a process of its own, which ends with it."""
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        code = task() or 0
    except BaseException as failure:
        os.write(2, f"the keeper: {failure!r}\n".encode())
    os._exit(code)


def finished(process):
    if os.waitpid(process, 0)[1]:
        raise OSError("a wall could not be set up")


def write(path, text, folder=None):
    file = os.open(path, os.O_WRONLY, dir_fd=folder)
    try:
        os.write(file, text.encode())
    finally:
        os.close(file)


def enter(process, *names):
    for name in names:
        namespace = os.open(f"/proc/{process}/ns/{name}", os.O_RDONLY)
        call("setns", namespace, NAMESPACES[name])
        os.close(namespace)


def map_users(process, extents, parent):
    if parent:
        enter(parent, "user")
    for kind in ("uid", "gid"):
        write(f"/proc/{process}/{kind}_map", "".join(f"{inner} {outer} {count}\n" for inner, outer, count in extents))


def own_network():
    socket.sethostname("sandbox")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        fcntl.ioctl(device, 0x8914, struct.pack("16sh14x", b"lo", 0x41))  # SIOCSIFFLAGS: up and running


class Walls:
    """Built by a process of its own, as root; a second process is put behind them, as nobody's root but its own."""

    def __init__(self, asked, parent):
        self.asked, self.parent = asked, parent
        self.to_inner, self.from_inner = os.pipe(), os.pipe()

    def build(self, inner):
        root = self.asked["root"]
        call("unshare", NEWNS if self.parent else NEWNS | NEWNET | NEWIPC | NEWUTS | NEWCGROUP)
        mount(root, root, flags=BIND | REC)
        restrict(root)
        view(root, self.asked["view"], self.asked["user"])
        if not self.parent:
            own_network()
        owned = forked(lambda: self.own(inner))
        os.close(self.from_inner[1])
        os.close(self.to_inner[0])
        self.heard()
        finished(forked(lambda: map_users(owned, self.asked["users"], self.parent)))
        self.say()
        first = int(self.heard())
        if self.parent:
            enter(first, "pid")  # as a new process of this one's will be, and what it mounts shows
        finished(forked(lambda: mount("proc", root + "/proc", "proc", NOSUID | NODEV | NOEXEC)))
        os.chdir(root)
        call("pivot_root", b".", b".")
        call("umount2", b".", 2)
        os.chdir("/")
        self.say()
        self.heard()
        return first

    def say(self, word="x"):
        os.write(self.to_inner[1], word.encode())

    def heard(self):
        word = os.read(self.from_inner[0], 32)
        if not word:
            raise OSError("a wall could not be set up")
        return word

    def own(self, inner):
        """Who makes namespaces owns them, and only their owner's processes may enter: so the parent's user makes its children's."""
        os.close(self.from_inner[0])
        os.close(self.to_inner[1])
        owner = 0
        if self.parent:
            enter(self.parent, "user")
        else:
            owner = self.asked["users"][0][1]
            call("prctl", 28, 4, 0, 0, 0)  # PR_SET_SECUREBITS, NO_SETUID_FIXUP: the change of user takes no powers
        os.setgroups([])
        os.setresgid(owner, owner, owner)
        os.setresuid(owner, owner, owner)
        call("unshare", NEWUSER | NEWNET | NEWIPC | NEWUTS | NEWCGROUP | NEWPID if self.parent else NEWUSER)
        os.write(self.from_inner[1], b"made")
        os.read(self.to_inner[0], 1)
        if self.parent:
            first = forked(lambda: self.stand(inner))
            os.write(self.from_inner[1], str(first).encode())
        else:
            os.write(self.from_inner[1], str(os.getpid()).encode())
            self.stand(inner)

    def stand(self, inner):
        """A copy of the mounts that this namespace owns is locked: what root has laid out stays as it is."""
        if not os.read(self.to_inner[0], 1):
            raise OSError("a wall could not be set up")
        if self.parent:
            call("unshare", NEWNS)
            own_network()
        os.chdir("/")
        inner(self.from_inner[1])
