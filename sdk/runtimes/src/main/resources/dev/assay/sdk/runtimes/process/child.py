# SPDX-License-Identifier: Apache-2.0
"""A parent, and the children that it forks: each is put behind its walls, and seen to stand there, before it learns anything."""
import fcntl
import os
import resource
import signal
import socket
import stat
import struct


def start_parent(asked, control):
    """Returns its number."""
    told, tell = os.pipe()

    def become(ready):
        limits = asked["limits"]
        for limit, value in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, limits["file"]), (resource.RLIMIT_NPROC, limits["processes"])):
            resource.setrlimit(limit, (value, value))
        door = socket.create_server(("127.0.0.1", DOOR_PORT), backlog=1)
        os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
        os.dup2(2, 1)
        socket.send_fds(control[1], [b"door"], [door.fileno()])
        os.dup2(control[1].fileno(), 3)
        os.write(ready, b"ready")
        os.closerange(4, 1 << 16)
        os.setgroups([])
        os.setresgid(0, 0, 0)
        os.setresuid(0, 0, 0)
        own_keys()
        call("prctl", 38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
        os.setsid()
        os.umask(0o22)
        os.chdir(asked["directory"])
        os.execve(asked["command"][0], asked["command"], {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"})

    walls = Walls(asked, None)

    def build():
        join_together([os.open(door, os.O_WRONLY) for door in asked["doors"]], 0)
        os.write(tell, str(walls.build(become)).encode())

    builder = forked(build)
    os.close(tell)
    number = os.read(told, 32)
    os.close(told)
    finished(builder)
    return int(number)


def stay(ready, handing):
    """As the first process of a child's namespace: hands its network over to the relays, and buries what dies there."""
    own_keys()
    call("prctl", 4, 0, 0, 0, 0)  # PR_SET_DUMPABLE: its memory is a copy of the keeper's
    door = socket.create_server(("127.0.0.1", DOOR_PORT), backlog=128)
    socket.send_fds(handing, [b"network"], [door.fileno(), os.open("/proc/self/ns/net", os.O_RDONLY)])
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    os.write(ready, b"ready")
    os.closerange(0, 1 << 16)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            signal.sigwait({signal.SIGCHLD})


def child(asked, parent, peer):
    """Walls, a child behind them, and its papers read; returns the numbers of its namespace's first process, of its own and its relays'."""
    doors = [os.open(door, os.O_RDWR) for door in asked["doors"]]
    peer.settimeout(asked["patience"])
    join_together(doors, 0, heard(peer, b"fork"))
    processes = os.open("/proc", os.O_PATH)
    output, variables = os.stat(asked["output"]), os.stat(asked["variables"])
    writing, told = os.open(asked["output"], os.O_WRONLY), os.open(asked["variables"], os.O_RDONLY)
    handing, handed = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    relays = forked(lambda: relay(asked, handing, handed))
    handed.close()
    first = Walls(asked, parent).build(lambda ready: stay(ready, handing))
    handing.close()
    doorways = [os.open(f"{first}/ns/{name}", os.O_RDONLY, dir_fd=processes) for name in NAMESPACES]
    socket.send_fds(peer, [b"in"], [writing, told, *doorways])
    number = heard(peer, b"here")
    wrong = [what for what, holds in passport(number, first, processes, doors, {1: output, 2: output, 4: variables}, asked).items() if not holds]
    if wrong:
        raise OSError("a child does not stand where it was put: " + ", ".join(wrong))
    name_users(number, first, processes)
    return first, number, relays


def heard(peer, word):
    """Who says it, as the kernel has it."""
    said, papers, _, _ = peer.recvmsg(16, socket.CMSG_SPACE(12))
    if said != word:
        raise OSError("the parent's fork did not come")
    return struct.unpack("3i", papers[0][2])[0]


def join_together(doors, *processes):
    """The kernel takes its time (8 ms) for the first that joins any group, and hardly any for those that come at once behind it. What
    these fork is born into the groups."""
    for door in doors:
        for process in processes:
            os.write(door, str(process).encode())


def passport(number, first, processes, doors, files, asked):
    """What must hold of a child, each asked of the kernel."""
    def text(name):
        with open(os.open(f"{number}/{name}", os.O_RDONLY, dir_fd=processes)) as file:
            return file.read()

    def place(which, name):
        return os.readlink(f"{which}/{name}", dir_fd=processes)

    status = dict(line.split(":", 1) for line in text("status").splitlines())
    user = str(asked["user"])
    names = os.listdir(os.open(f"{number}/fd", os.O_RDONLY, dir_fd=processes))
    users = os.open(f"{number}/ns/user", os.O_RDONLY, dir_fd=processes)
    around = os.fstat(fcntl.ioctl(users, 0xB702))  # NS_GET_PARENT
    return {
        "namespaces": all(place(number, f"ns/{name}") == place(first, f"ns/{name}") for name in NAMESPACES if name != "user"),
        "powers": os.path.samestat(around, os.stat(f"{first}/ns/user", dir_fd=processes)),
        "user": status["Uid"].split() == [user] * 4 and status["Gid"].split() == [user] * 4 and not status["Groups"].strip(),
        "new privileges": status["NoNewPrivs"].strip() == "1",
        "threads": status["Threads"].strip() == "1",
        "company": sum(name.isdigit() for name in os.listdir("/proc")) == 2,
        "control groups": all(str(number) in os.pread(door, 1 << 20, 0).decode().split() for door in doors),
        "open files": set(names) == {"0", "1", "2", "3", "4"} and place(number, "fd/0") == "/dev/null"
                      and all(os.path.samestat(os.stat(f"{number}/fd/{name}", dir_fd=processes), file) for name, file in files.items()),
        "shared memory": not shares_memory(number, processes),
    }


def name_users(number, first, processes):
    """Root inside is root of a namespace of users that owns nothing, within the one that owns the child's walls."""
    namespace = os.open(f"{first}/ns/user", os.O_RDONLY, dir_fd=processes)
    call("setns", namespace, NEWUSER)
    for kind in ("uid", "gid"):
        write(f"{number}/{kind}_map", "0 0 65536\n", processes)


def shares_memory(process, folder=None):
    """Also what may not be written now, if it may be made so: if its file was opened to be written. The kernel's longer list (smaps) says that,
    too, but counts every page for it."""
    with open(os.open(f"{process}/maps", os.O_RDONLY, dir_fd=folder)) as maps:
        for place, rights, *_ in map(str.split, maps):
            if rights[3] == "s":
                begin, end = (int(number, 16) for number in place.split("-"))
                if os.stat(f"{process}/map_files/{begin:x}-{end:x}", dir_fd=folder, follow_symlinks=False).st_mode & stat.S_IWUSR:
                    return True
    return False
