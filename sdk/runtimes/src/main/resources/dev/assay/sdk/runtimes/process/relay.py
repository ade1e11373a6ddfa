# SPDX-License-Identifier: Apache-2.0
"""Joins the network of a child to the worker's sockets."""
import os
import socket
import threading

CONTROL_PORT, DOOR_PORT, MOST_CONNECTIONS = 7389, 7388, 128


def relay(asked, handing, handed):
    """Between the worker's sockets, which the child cannot see, and the network, which nobody else can."""
    handing.close()
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
        near, _ = listener.accept()
        threading.Thread(target=join, args=(near, family, address, room), daemon=True).start()


def join(near, family, address, room):
    far = socket.socket(family)
    try:
        far.connect(address)
        for one in (near, far):
            if one.family == socket.AF_INET:
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        back = threading.Thread(target=carry, args=(far, near), daemon=True)
        back.start()
        carry(near, far)
        back.join()
    except OSError:
        pass  # nobody is there
    finally:
        near.close()
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
