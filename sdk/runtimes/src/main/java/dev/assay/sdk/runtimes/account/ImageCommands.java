// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import java.util.ArrayList;
import java.util.List;

/** What is started in a sandbox whose provider starts no image as it would start itself. */
public final class ImageCommands {

    /** Where environments serve, on loopback. */
    private static final int CONTROL_PORT = 8765;

    /** One that does not hang up half a minute after nobody says more is left: not every provider can end a process. */
    private static final String JOIN =
            """
            import os, socket, threading
            peer = socket.create_connection(("127.0.0.1", %d))
            def send():
                while data := os.read(0, 65536):
                    peer.sendall(data)
                peer.shutdown(socket.SHUT_WR)
                threading.Timer(30, os._exit, (0,)).start()
            threading.Thread(target=send, daemon=True).start()
            while data := peer.recv(32768):
                while data:
                    data = data[os.write(1, data):]
            """
                    .formatted(CONTROL_PORT);

    private ImageCommands() {}

    /** Serves the environment. */
    public static List<String> serve() {
        return inside("exec hud serve env.py --host 127.0.0.1 --port " + CONTROL_PORT);
    }

    /** Joins its input and output to where the environment serves. */
    public static List<String> join() {
        return inside("exec python3 -c \"$0\"", JOIN);
    }

    /** Where an image that serves has its environment, and the programs of its own. */
    private static List<String> inside(String command, String... arguments) {
        var all = new ArrayList<>(List.of("/bin/sh", "-c", "cd /app && PATH=\"$PWD/.venv/bin:$PATH\" && export PATH && " + command));
        all.addAll(List.of(arguments));
        return all;
    }
}
