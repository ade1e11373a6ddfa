// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

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
     * The environment starts once both relays listen: no first connection finds nobody. Each has its own processes for its connections,
     * no more than so many; they end with the process namespace that they share with the sandbox. An answer may take its time after the
     * question has ended, so a connection that is half closed stays.
     */
    private static final String STAGE = """
            control=$1 door=$2 socat=$3; shift 3
            relay() { exec "$socat" -b 65536 -t 7200 "$1,fork,max-children=128,backlog=128" "$2" </dev/null >/dev/null; }
            relay "TCP4-LISTEN:%1$d,bind=127.0.0.1,reuseaddr" "UNIX-CONNECT:$door" & outbound=$!
            relay "UNIX-LISTEN:$control,mode=600" "TCP4:127.0.0.1:%2$d,nodelay" 2>/dev/null & inbound=$!
            listens() { while read -r line; do case $line in *:%1$04X' '*) return 0 ;; esac; done </proc/self/net/tcp; return 1; }
            exec {moment}<> <(:)
            until [ -S "$control" ] && listens; do
              kill -0 $inbound && kill -0 $outbound || exit 125
              read -r -t 0.001 -u $moment
            done
            exec {moment}<&-
            exec "$@"
            """.formatted(DOOR_PORT, CONTROL_PORT);

    /** What must be installed for it. */
    static final List<String> TOOLS = List.of("bwrap", "bash", "socat");

    List<String> around(List<String> command) {
        List<String> line = new ArrayList<>(List.of(Tools.require("bwrap"), "--die-with-parent", "--unshare-pid", "--unshare-net"));
        if (isolation == Isolation.BUBBLEWRAP) {
            line.add("--unshare-user");
        }
        line.addAll(List.of("--dev-bind", "/", "/", "--"));
        line.addAll(List.of(Tools.require("bash"), "-c", STAGE, "bash", control.toString(), door.toString(), Tools.require("socat")));
        line.addAll(command);
        return line;
    }
}
