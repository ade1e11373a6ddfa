// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.door;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.stereotype.Component;

/** Which runs' keys have had a model call answered through the door. Kept only for those that somebody watches. */
@Component
public class ModelAnswers {

    private final Map<String, AtomicBoolean> watched = new ConcurrentHashMap<>();

    /** The calls of one key, from now until it is closed. */
    public interface Watch extends AutoCloseable {

        boolean answered();

        @Override
        void close();
    }

    /** @param key of the run; one watch of it at a time */
    public Watch watch(String key) {
        var answered = new AtomicBoolean();
        watched.put(key, answered);
        return new Watch() {
            @Override
            public boolean answered() {
                return answered.get();
            }

            @Override
            public void close() {
                watched.remove(key, answered);
            }
        };
    }

    /** A call that was made with this key has been answered. */
    void answered(String key) {
        var answered = watched.get(key);
        if (answered != null) {
            answered.set(true);
        }
    }
}
