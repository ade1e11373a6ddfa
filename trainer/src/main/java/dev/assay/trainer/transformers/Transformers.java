// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.transformers;

import dev.assay.trainer.engine.Engine;
import dev.assay.trainer.engine.RefusedException;
import dev.assay.trainer.engine.Sampler;
import dev.assay.trainer.engine.Session;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Models of kind {@code transformers}. Each base has a process of its own, from when it is first asked for; one that ended is replaced. */
@Component("transformersEngine") // its health has the kind's own name
public final class Transformers implements Engine {

    private static final Logger LOG = LoggerFactory.getLogger(Transformers.class);

    private final TransformersSettings settings;
    private final Python python;
    private final @Nullable String unfitBecause;
    private final Map<String, LoadedBase> loaded = new HashMap<>();
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("transformers-watch").factory());

    public Transformers(TransformersSettings settings, @Value("${assay.data}") Path data) throws IOException {
        this.settings = settings;
        this.python = new Python(settings.python(), data.resolve("transformers"));
        this.unfitBecause = settings.models().isEmpty() ? "no models are named (assay.trainer.transformers.models)" : unfit();
        LOG.info(unfitBecause == null ? "has the weights of {}" : "has no models of kind 'transformers': {}",
                unfitBecause == null ? settings.models().keySet() : unfitBecause);
    }

    private @Nullable String unfit() throws IOException {
        for (var model : settings.models().entrySet()) {
            if (!Files.exists(model.getValue())) {
                return "assay.trainer.transformers.models." + model.getKey() + ": there is no " + model.getValue();
            }
        }
        return python.unfitBecause("torch, transformers, peft, safetensors");
    }

    @Override
    public String kind() {
        return "transformers";
    }

    @Override
    public @Nullable String unfitBecause() {
        return unfitBecause;
    }

    @Override
    public Session begin(Start start) throws IOException {
        return new TransformersSession(base(start.base()), start);
    }

    @Override
    public Sampler sampler(String base, @Nullable Path weights) throws IOException {
        return new TransformersSampler(base(base), weights);
    }

    private synchronized LoadedBase base(String name) throws IOException {
        var folder = settings.models().get(name);
        if (unfitBecause != null || folder == null) {
            throw RefusedException.unfit(unfitBecause != null
                    ? "This trainer has no models of kind 'transformers': " + unfitBecause
                    : "This trainer has no weights '" + name + "' to begin with, but " + settings.models().keySet());
        }
        var known = loaded.get(name);
        if (known != null && known.process().isAlive()) {
            return known;
        }
        var process = new PythonProcess(name, python.command(), watch, settings.patience());
        try {
            var about = process.ask(PythonProcess.request("load")
                    .put("folder", folder.toAbsolutePath().toString())
                    .put("rank", settings.rank()).put("alpha", settings.alpha()).put("targets", settings.targets())).head();
            var base = new LoadedBase(name, process, about.path("vocabulary").intValue(), about.path("context").intValue());
            LOG.info("has loaded {}: {}", name, about);
            loaded.put(name, base);
            return base;
        } catch (IOException | RuntimeException e) {
            process.close();
            throw e;
        }
    }

    /** For tests: what has the base now. */
    synchronized Process process(String base) {
        return Objects.requireNonNull(loaded.get(base)).process().process();
    }

    @PreDestroy
    synchronized void close() {
        loaded.values().forEach(base -> base.process().close());
        watch.shutdownNow();
    }
}
