// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.contracts.internal.BuiltImage;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.docker.DockerRuntime;
import dev.assay.sdk.runtimes.process.ProcessRuntime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Which of this worker's runtimes runs what is asked for. */
@Component
public class RuntimeChooser {

    private static final Logger LOG = LoggerFactory.getLogger(RuntimeChooser.class);

    private static final List<String> NOTHING = List.of("none");

    private final List<Runtime> runtimes;

    RuntimeChooser(List<Runtime> runtimes) {
        this.runtimes = runtimes;
    }

    /**
     * By what there is to be run: what a config names, or else what was deployed.
     *
     * @param built the image that it was built to; null: none
     * @throws NotRunnableException if this worker has no runtime for it, or none of those can give what it asks for
     */
    Runtime choose(RuntimeConfig config, @Nullable BuiltImage built) throws NotRunnableException {
        var image = config.namesWhatToRun() || config.asksForProcess() ? null : built;
        if (config.asksForProcess() && built != null && !built.fitsProcess()) {
            throw new NotRunnableException("runtime_config asks for process, but the version was built to an image: " + built.unfitForProcess());
        }
        if (config.runtime().equals(DockerRuntime.NAME) && config.image() == null && image == null) {
            throw new NotRunnableException("runtime_config asks for docker: no image is named, and the version was built to none");
        }
        var kind = image == null ? config.runtime() : DockerRuntime.NAME;
        var fit = runtimes.stream()
                .filter(runtime -> runtime.kinds().contains(kind))
                .filter(runtime -> image == null || image.engine() == null || runtime.name().equals(DockerRuntime.NAME))
                .sorted(Comparator.comparing(Runtime::isAway).thenComparing(runtime -> !runtime.name().equals(kind)))
                .toList();
        String refusal = null;
        for (var runtime : fit) {
            var refused = runtime.refusal(config);
            if (refused.isEmpty()) {
                return runtime;
            }
            refusal = refusal == null ? refused.get() : refusal;
        }
        var asked = image == null ? "runtime_config asks for " + member(config) : "the version was built to an image";
        throw new NotRunnableException(refusal != null ? refusal : asked + ": this worker runs none, it has "
                + runtimes.stream().map(Runtime::name).collect(Collectors.joining(", ")));
    }

    /** What this worker has, and can use just now. Never nothing, which whoever gives out work takes for anything. */
    public List<String> names() {
        var here = here();
        return here.isEmpty() ? NOTHING : here;
    }

    private List<String> here() {
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
        return each(runtime -> runtime.reap(now));
    }

    /** The same of what others launched for work that holds no lease any more. */
    int reapOver(UnaryOperator<Set<SandboxLabel>> over) {
        return each(runtime -> runtime.reapOver(over));
    }

    private int each(ToIntFunction<Runtime> reaping) {
        int reaped = 0;
        for (var runtime : runtimes) {
            try {
                reaped += reaping.applyAsInt(runtime);
            } catch (RuntimeException e) {
                LOG.warn("could not clear away what others left with {}", runtime.name(), e);
            }
        }
        return reaped;
    }
}
