// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import com.github.dockerjava.api.model.Container;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Ends sandboxes whose containers have written more than they may: few engines can limit that themselves. */
final class WrittenWatch {

    private final Engine engine;
    private final String owner;
    private final Map<DockerSandbox, Long> watched = new ConcurrentHashMap<>();

    WrittenWatch(Engine engine, String owner) {
        this.engine = engine;
        this.owner = owner;
    }

    void add(DockerSandbox sandbox, long mostBytes) {
        watched.put(sandbox, mostBytes);
    }

    void remove(DockerSandbox sandbox) {
        watched.remove(sandbox);
    }

    void look() {
        if (watched.isEmpty()) {
            return;
        }
        try {
            var written = engine.labelled(Map.of(DockerLabels.OWNER, owner), List.of(), true).stream()
                    .filter(container -> container.getSizeRw() != null)
                    .collect(Collectors.groupingBy(
                            container -> DockerLabels.read(container.getLabels()).sandbox(), Collectors.summingLong(Container::getSizeRw)));
            watched.forEach((sandbox, most) -> {
                if (written.getOrDefault(sandbox.id(), 0L) > most) {
                    sandbox.end("it wrote more than its " + (most >> 20) + " MB");
                    watched.remove(sandbox);
                }
            });
        } catch (EngineException | RuntimeException e) {
            // the next look may tell
        }
    }
}
