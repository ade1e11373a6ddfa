// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.tinker;

import dev.assay.trainer.engine.Engine;
import dev.assay.trainer.engine.RefusedException;
import dev.assay.trainer.engine.Sampler;
import dev.assay.trainer.engine.Session;
import dev.assay.trainer.engine.Tokenizers;
import dev.assay.trainer.transformers.PythonTokenizers;
import dev.assay.trainer.transformers.TransformersSettings;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Models of kind {@code tinker}: a remote service has their weights and trains them, and what is kept here says where it has them. */
@Component("tinkerEngine") // its health has the kind's own name
final class Tinker implements Engine {

    private static final Logger LOG = LoggerFactory.getLogger(Tinker.class);
    private static final int HEARTS = 4;

    private final TinkerSettings settings;
    private final TinkerWire wire;
    private final Tokenizers tokenizers;
    private final @Nullable String unfitBecause;
    private final Map<String, TinkerModel> models = new HashMap<>();
    private final ScheduledExecutorService hearts =
            Executors.newScheduledThreadPool(HEARTS, Thread.ofVirtual().name("tinker-heart-", 0).factory());

    @Autowired
    Tinker(TinkerSettings settings, TransformersSettings python, @Value("${assay.data}") Path data) throws IOException {
        this(settings, new PythonTokenizers(python, data.resolve("tokenizers")));
    }

    Tinker(TinkerSettings settings, Tokenizers tokenizers) throws IOException {
        this.settings = settings;
        this.wire = new TinkerWire(settings.url(), settings.key(), settings.patience());
        this.tokenizers = tokenizers;
        this.unfitBecause = unfit();
        LOG.info(unfitBecause == null ? "trains {}" : "has no models of kind 'tinker': {}", unfitBecause == null ? settings : unfitBecause);
    }

    private @Nullable String unfit() throws IOException {
        if (settings.url().isBlank() || settings.models().isEmpty()) {
            return "no service, or no models of it, are named (assay.trainer.tinker.url, assay.trainer.tinker.models)";
        }
        for (var model : settings.models().entrySet()) {
            if (!Files.isDirectory(model.getValue().tokenizer())) {
                return "assay.trainer.tinker.models." + model.getKey() + ".tokenizer: there is no folder " + model.getValue().tokenizer();
            }
        }
        return tokenizers.unfitBecause();
    }

    @Override
    public String kind() {
        return "tinker";
    }

    @Override
    public @Nullable String unfitBecause() {
        return unfitBecause;
    }

    @Override
    public Session begin(Start start) throws IOException {
        var model = model(start.base());
        return open(session -> new TinkerSession(session, model, start));
    }

    @Override
    public Sampler sampler(String base, @Nullable Path weights) throws IOException {
        var model = model(base);
        return open(session -> new TinkerSampler(session, model, weights));
    }

    private interface Opening<T> {
        T in(RemoteSession session) throws IOException;
    }

    /** Each has a session of its own at the service, which is dropped there when it is closed here. */
    private <T> T open(Opening<T> opening) throws IOException {
        var session = new RemoteSession(wire, hearts);
        try {
            return opening.in(session);
        } catch (IOException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private synchronized TinkerModel model(String name) throws IOException {
        var told = settings.models().get(name);
        if (unfitBecause != null || told == null) {
            throw RefusedException.unfit(unfitBecause != null
                    ? "This trainer has no models of kind 'tinker': " + unfitBecause
                    : "This trainer has no weights '" + name + "' to begin with, but " + settings.models().keySet());
        }
        var tokenizer = tokenizers.of(told.tokenizer());
        var known = models.get(name);
        if (known == null || !known.tokenizer().equals(tokenizer)) {
            known = new TinkerModel(name, told.base(), known == null ? context(told.base()) : known.context(), settings.rank(), tokenizer);
            models.put(name, known);
        }
        return known;
    }

    private int context(String base) throws IOException {
        for (var model : wire.read("get_server_capabilities").path("supported_models")) {
            if (model.path("model_name").asString("").equals(base)) {
                return model.path("max_context_length").asInt(Integer.MAX_VALUE);
            }
        }
        throw RefusedException.unfit("The service does not have '" + base + "' (assay.trainer.tinker.models).");
    }

    @PreDestroy
    void close() {
        hearts.shutdownNow();
        tokenizers.close();
    }
}
