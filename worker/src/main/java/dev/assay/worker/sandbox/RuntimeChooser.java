// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.docker.DockerRuntime;
import dev.assay.sdk.runtimes.process.ProcessRuntime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Which of this worker's runtimes runs what is asked for. */
@Component
public class RuntimeChooser {

    private static final Logger LOG = LoggerFactory.getLogger(RuntimeChooser.class);

    private final List<Runtime> runtimes;

    RuntimeChooser(List<Runtime> runtimes) {
        this.runtimes = runtimes;
    }

    /**
     * By what there is to be run: what a config names, or else what was deployed.
     *
     * @param built whether that is an image
     * @throws NotRunnableException if this worker has no runtime for it, or that one cannot give what it asks for
     */
    Runtime choose(RuntimeConfig config, boolean built) throws NotRunnableException {
        var image = built && !config.namesWhatToRun();
        var runtime = named(image ? DockerRuntime.NAME : config.runtime())
                .orElseThrow(() -> new NotRunnableException(
                        (image ? "the version was built to an image" : "runtime_config asks for " + member(config)) + ": this worker runs none, it has "
                        + runtimes.stream().map(Runtime::name).collect(Collectors.joining(", "))));
        var refusal = runtime.refusal(config);
        if (refusal.isPresent()) {
            throw new NotRunnableException(refusal.get());
        }
        return runtime;
    }

    /** What this worker has, and can use just now. */
    public List<String> names() {
        return runtimes.stream().filter(runtime -> !runtime.isAway()).flatMap(runtime -> runtime.kinds().stream()).toList();
    }

    private Optional<Runtime> named(String name) {
        return runtimes.stream().filter(runtime -> runtime.name().equals(name)).findFirst();
    }

    private static String member(RuntimeConfig config) {
        return switch (config.runtime()) {
            case DockerRuntime.NAME -> "image";
            case ProcessRuntime.NAME -> "an environment without an image";
            case String member -> member;
        };
    }

    /** Ends and deletes what dead workers left; returns how many sandboxes that were. What fails is tried again the next time. */
    public int reap(Instant now) {
        int reaped = 0;
        for (var runtime : runtimes) {
            try {
                reaped += runtime.reap(now);
            } catch (RuntimeException e) {
                LOG.warn("could not clear away what dead workers left with {}", runtime.name(), e);
            }
        }
        return reaped;
    }
}
