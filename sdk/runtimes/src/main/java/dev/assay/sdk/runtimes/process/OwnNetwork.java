// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A network that a sandbox has for itself: a loopback device and nothing else. Two relays join it to the worker: what connects to the
 * control socket comes out at the port where the environment serves, and what the sandbox sends to its door's port comes out at the
 * worker's socket. The relays and both sockets lie outside the sandbox's view of the machine: nothing in there can take their place.
 *
 * @param control where the worker reaches the environment
 * @param door where the worker listens
 */
record OwnNetwork(Isolation isolation, Path control, Path door) {

    /** On the sandbox's own loopback address, below the ports that the system gives away by itself. */
    static final int CONTROL_PORT = 7389;

    static final int DOOR_PORT = 7388;

    /**
     * Each relay has a process for each connection, so many and no more; they end with the process namespace that they share with the
     * sandbox. An answer may take its time after the question has ended, so a connection that is half closed stays.
     */
    private static final String OUTSIDE = """
            control=$1 door=$2 socat=$3; shift 3
            relay() { exec "$socat" -b 65536 -t 7200 "$1,fork,max-children=128,backlog=128" "$2" </dev/null >/dev/null 2>&1; }
            relay "TCP4-LISTEN:%d,bind=127.0.0.1,reuseaddr" "UNIX-CONNECT:$door" &
            relay "UNIX-LISTEN:$control,mode=600" "TCP4:127.0.0.1:%d,nodelay" &
            exec "$@"
            """.formatted(DOOR_PORT, CONTROL_PORT);

    /** Nothing starts before both relays listen: no first connection finds nobody. They mostly do, by the time that the walls stand. */
    private static final String INSIDE = """
            control=$1 tries=0; shift
            listed() { while read -r line; do case $line in *"$1"*) return 0 ;; esac; done <"$2"; return 1; }
            until listed ":%04X " /proc/net/tcp && listed " $control" /proc/net/unix; do
              tries=$((tries + 1))
              [ $tries -lt 1000 ] || { echo "the relays of the sandbox's network did not start"; exit 125; }
              sleep 0.01
            done
            exec "$@"
            """.formatted(DOOR_PORT);

    /** What must be installed for it. */
    static final List<String> TOOLS = List.of("bwrap", "socat");

    /** The command, begun in the sandbox once its network is complete. */
    List<String> inside(List<String> command) {
        List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", INSIDE, "sh", control.toString()));
        line.addAll(command);
        return line;
    }

    /** The command that walls the sandbox off, begun in the network. */
    List<String> around(List<String> command) {
        List<String> line = new ArrayList<>(List.of(Tools.require("bwrap"), "--die-with-parent", "--unshare-pid", "--unshare-net"));
        if (isolation == Isolation.BUBBLEWRAP) {
            line.add("--unshare-user");
        }
        // the processes of the namespace, for whom bubblewrap asks there: the machine has others of these numbers, or none
        line.addAll(List.of("--dev-bind", "/", "/", "--proc", "/proc", "--"));
        line.addAll(List.of("/bin/sh", "-c", OUTSIDE, "sh", control.toString(), door.toString(), Tools.require("socat")));
        line.addAll(command);
        return line;
    }
}
