// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Ends containers that have written more than they may: few engines can limit that themselves. */
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
            for (var container : engine.labelled(Map.of(DockerLabels.OWNER, owner), List.of(), true)) {
                var size = container.getSizeRw();
                var names = Set.of(container.getNames());
                watched.forEach((sandbox, most) -> {
                    if (size != null && size > most && names.contains("/" + SandboxContainer.name(sandbox.id()))) {
                        sandbox.end("it wrote more than its " + (most >> 20) + " MB");
                        watched.remove(sandbox);
                    }
                });
            }
        } catch (EngineException | RuntimeException e) {
            // the next look may tell
        }
    }
}
