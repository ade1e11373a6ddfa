# SPDX-License-Identifier: Apache-2.0
# Lets the environment start once the cluster's network policy holds, and the door is there. The API server is asked, as every pod could:
# if it takes connections, so does the rest of the cluster.
import os
import socket
import sys
import time

DOOR, TRIES = int(sys.argv[1]), int(sys.argv[2])
ADDRESS = (os.environ["KUBERNETES_SERVICE_HOST"], int(os.environ["KUBERNETES_SERVICE_PORT"]))


def answers(address):
    try:
        socket.create_connection(address, timeout=1).close()
        return True
    except OSError:
        return False


# twice in a row: a network may only just be coming up
closed = 0
for _ in range(TRIES):
    closed = 0 if answers(ADDRESS) else closed + 1
    if closed == 2:
        break
    time.sleep(0.1 if closed else 1)
if closed < 2:
    sys.exit("the cluster lets a sandbox out: its API server takes connections in spite of the network policy")
for _ in range(100):
    if answers(("127.0.0.1", DOOR)):
        sys.exit()
    time.sleep(0.1)
sys.exit("the relay does not listen")
