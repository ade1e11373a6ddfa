// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.docker.DockerRuntime;
import dev.assay.sdk.runtimes.process.ProcessRuntime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
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
     * By what there is to be run: what a config names, or else the deployed context.
     *
     * @throws NotRunnableException if this worker has no runtime for it, or none of those can give what it asks for
     */
    Runtime choose(RuntimeConfig config) throws NotRunnableException {
        var fit = runtimes.stream()
                .filter(runtime -> runtime.kinds().contains(config.runtime()))
                .sorted(Comparator.comparing(Runtime::isAway).thenComparing(runtime -> !runtime.name().equals(config.runtime())))
                .toList();
        String refusal = null;
        for (var runtime : fit) {
            var refused = runtime.refusal(config);
            if (refused.isEmpty()) {
                return runtime;
            }
            refusal = refusal == null ? refused.get() : refusal;
        }
        throw new NotRunnableException(refusal != null ? refusal : "runtime_config asks for " + member(config) + ": this worker runs none, it has "
                + runtimes.stream().map(Runtime::name).collect(Collectors.joining(", ")));
    }

    /** What this worker has, and can use just now. */
    public List<String> names() {
        return runtimes.stream().filter(runtime -> !runtime.isAway()).flatMap(runtime -> runtime.kinds().stream()).toList();
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
