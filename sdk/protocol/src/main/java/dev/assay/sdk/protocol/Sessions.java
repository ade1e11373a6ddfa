// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected, and whose task waits. A session holds at most one task; a task whose session has no connection is parked, for as
 * long as the server lives.
 */
final class Sessions {

    private final Set<String> live = new HashSet<>();
    private final Map<String, ServedTask> tasks = new TreeMap<>();

    /** A new session, live. */
    synchronized String open() {
        String id;
        do {
            id = "sess-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        } while (tasks.containsKey(id) || !live.add(id));
        return id;
    }

    /** The connection goes: what the session holds is parked from now on. */
    synchronized void leave(String id) {
        live.remove(id);
    }

    /** The connection that spoke for one session takes over another, which must be parked. */
    synchronized void resume(String current, String requested) throws RpcException {
        if (live.contains(requested)) {
            throw new RpcException(RpcException.INVALID_REQUEST, "session " + PythonText.repr(requested) + " has a live connection");
        }
        if (!tasks.containsKey(requested)) {
            throw new RpcException(RpcException.INVALID_REQUEST, "unknown session: " + PythonText.repr(requested));
        }
        live.remove(current);
        live.add(requested);
    }

    synchronized void hold(String id, ServedTask task) {
        tasks.put(id, task);
    }

    /** The session's task, which it then holds no longer. */
    synchronized @Nullable ServedTask release(String id) {
        return tasks.remove(id);
    }

    /** Lets go of that very task: the session may hold another by now, of which the caller knows nothing. */
    synchronized void release(String id, ServedTask task) {
        if (tasks.get(id) == task) {
            tasks.remove(id);
        }
    }

    /** Takes the session's own task, else the only parked one. */
    synchronized ServedTask releaseForGrade(String id) throws RpcException {
        var own = tasks.remove(id);
        if (own != null) {
            return own;
        }
        var parked = tasks.keySet().stream().filter(session -> !live.contains(session)).toList();
        if (parked.isEmpty()) {
            throw new RpcException(RpcException.INVALID_REQUEST, "no task in progress");
        }
        if (parked.size() > 1) {
            throw new RpcException(
                    RpcException.INVALID_REQUEST,
                    parked.size() + " parked sessions (" + String.join(", ", parked)
                            + "); resume one by sending hello with its session_id");
        }
        return tasks.remove(parked.getFirst());
    }

    /** Every task that is still held, none of them any longer. */
    synchronized List<ServedTask> releaseAll() {
        var all = List.copyOf(tasks.values());
        tasks.clear();
        return all;
    }
}
