# SPDX-License-Identifier: Apache-2.0
# Keeps the environment from starting until the relay opens the door, which it does once the cluster's network policy holds.
import socket
import sys
import time

DOOR, SECONDS = int(sys.argv[1]), int(sys.argv[2])
end = time.monotonic() + SECONDS
while time.monotonic() < end:
    try:
        socket.create_connection(("127.0.0.1", DOOR), timeout=1).close()
        sys.exit()
    except OSError:
        time.sleep(0.1)
sys.exit("the relay opens no door")
