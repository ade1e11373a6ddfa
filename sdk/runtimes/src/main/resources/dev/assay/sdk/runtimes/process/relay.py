# SPDX-License-Identifier: Apache-2.0
"""Joins the network of a child to the worker's sockets."""
import os
import socket
import threading
import time

CONTROL_PORT, DOOR_PORT, MOST_CONNECTIONS = 7389, 7388, 128


def relay(asked, handing, handed):
    """Between the worker's sockets, which the child cannot see, and the network, which nobody else can."""
    handing.close()
    call("prctl", 4, 0, 0, 0, 0)  # PR_SET_DUMPABLE: its memory is a copy of the keeper's
    control = socket.socket(socket.AF_UNIX)
    control.bind(asked["control"])
    os.chmod(asked["control"], 0o600)
    control.listen(128)
    _, (door, network), _, _ = socket.recv_fds(handed, 16, 2)
    call("setns", network, NEWNET)
    low, high = sorted((control.fileno(), door))
    os.closerange(0, low)
    os.closerange(low + 1, high)
    os.closerange(high + 1, 1 << 16)
    threading.stack_size(256 << 10)
    threading.Thread(target=accept, args=(control, socket.AF_INET, ("127.0.0.1", CONTROL_PORT))).start()
    accept(socket.socket(fileno=door), socket.AF_UNIX, asked["door"])


def accept(listener, family, address):
    room = threading.BoundedSemaphore(MOST_CONNECTIONS)
    while True:
        room.acquire()
        near = None
        try:
            near, _ = listener.accept()
            threading.Thread(target=join, args=(near, family, address, room), daemon=True).start()
        except (OSError, RuntimeError):  # it has no files or threads left just now: that one is lost, and no other
            if near is not None:
                near.close()
            room.release()
            time.sleep(0.01)


def join(near, family, address, room):
    far = None
    try:
        far = socket.socket(family)
        far.connect(address)
        for one in (near, far):
            if one.family == socket.AF_INET:
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        back = threading.Thread(target=carry, args=(far, near), daemon=True)
        back.start()
        carry(near, far)
        back.join()
    except (OSError, RuntimeError):
        pass  # nobody is there, or no room for one more
    finally:
        near.close()
        if far is not None:
            far.close()
        room.release()


def carry(source, target):
    buffer = memoryview(bytearray(1 << 16))
    try:
        while got := source.recv_into(buffer):
            target.sendall(buffer[:got])
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for one in (source, target):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
