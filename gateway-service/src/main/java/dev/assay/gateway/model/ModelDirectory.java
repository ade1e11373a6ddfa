// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.model;

import com.github.benmanes.caffeine.cache.Cache;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.ResolvedModel;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.kit.cache.Caches;
import dev.assay.kit.rest.InternalRest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The model catalog, as training-service keeps it. */
@Component
public class ModelDirectory {

    private static final Logger log = LoggerFactory.getLogger(ModelDirectory.class);
    private static final int PAGE = 100;
    private static final int LONGEST_NAME = 500;

    /**
     * For so long an answer is taken for what the catalog says now. That it does not have a name is asked anew each time, unless that is one
     * of those that stand for others: whoever has just forked a model calls it at once.
     */
    private static final Duration FRESH = Duration.ofSeconds(5);
    /** What is wanted after this is asked for beside whoever wants it: nobody waits for what is wanted all the time. */
    private static final Duration YOUNG = Duration.ofSeconds(4);
    /** For so long a model is still called that was there, if the catalog cannot be asked. */
    private static final Duration KEPT = Duration.ofMinutes(10);

    private record Question(TeamId team, String model) {}

    /**
     * @param near names that look alike, where there is no such model
     * @param askedNanos when the catalog was asked, on the clock of {@link System#nanoTime()}
     */
    private record Said(@Nullable ResolvedModel model, List<String> near, long askedNanos) {

        boolean wasAskedSince(long nanos) {
            return askedNanos - nanos >= 0;
        }
    }

    private final InternalRest rest;
    private final RestClient catalog;
    private final String address;
    private final Aliases aliases;
    private final Cache<Question, Said> known;
    private final Set<Question> asked = ConcurrentHashMap.newKeySet();

    ModelDirectory(InternalRest rest, @Value("${assay.training-url}") String address, @Value("${assay.aliases}") String aliases) {
        this.rest = rest;
        this.address = address;
        this.catalog = rest.forService(address, "training-service");
        this.aliases = new Aliases(aliases);
        this.known = Caches.builder().maximumSize(10_000).expireAfterWrite(KEPT).build();
    }

    /** What a name stands for, for a team: what the catalog has of that name, else what its aliases stand for. */
    public ResolvedModel resolve(TeamId team, String model) {
        if (model.length() > LONGEST_NAME) {
            throw unknown(model, List.of()); // names come from callers: what is remembered has to have a size
        }
        var said = say(team, model);
        if (said.model() != null) {
            return said.model();
        }
        return aliases.insteadOf(model).stream()
                .map(other -> say(team, other))
                .flatMap(one -> Optional.ofNullable(one.model()).stream())
                .findFirst()
                .orElseThrow(() -> unknown(model, said.near()));
    }

    private Said say(TeamId team, String model) {
        var question = new Question(team, model);
        var before = known.getIfPresent(question);
        if (before != null && before.model() == null && !aliases.has(model)) {
            return askUnlessSince(question, System.nanoTime());
        }
        if (before == null || !before.wasAskedSince(ago(FRESH))) {
            return askUnlessSince(question, ago(FRESH));
        }
        if (!before.wasAskedSince(ago(YOUNG)) && asked.add(question)) {
            Thread.ofVirtual().name("asking the catalog").start(() -> askBeside(question));
        }
        return before;
    }

    private void askBeside(Question question) {
        try {
            askUnlessSince(question, ago(YOUNG));
        } catch (ModelErrorException e) {
            log.debug("the catalog is asked by whoever wants '{}' next: {}", cut(question.model()), e.getMessage());
        } finally {
            asked.remove(question);
        }
    }

    private Said askUnlessSince(Question question, long nanos) {
        return known.asMap().compute(question, (same, last) -> last != null && last.wasAskedSince(nanos) ? last : ask(same, last));
    }

    private static long ago(Duration time) {
        return System.nanoTime() - time.toNanos();
    }

    /** All models that a team may call. */
    List<JsonNode> all(TeamId team) {
        var client = rest.forTeam(address, "training-service", team);
        var models = new ArrayList<JsonNode>();
        try {
            while (true) {
                var page = client.get()
                        .uri("/v2/models?limit={limit}&offset={offset}", PAGE, models.size())
                        .retrieve()
                        .body(JsonNode.class);
                if (page == null || page.path("items").isEmpty()) {
                    return models;
                }
                page.path("items").forEach(models::add);
                if (models.size() >= page.path("total").asInt()) {
                    return models;
                }
            }
        } catch (RestClientException e) {
            throw unreachable();
        }
    }

    /** @param last what it said before, if it did */
    private Said ask(Question question, @Nullable Said last) {
        var now = System.nanoTime();
        try {
            var model = catalog.get()
                    .uri("/internal/models/resolve?team={team}&model={model}", question.team(), question.model())
                    .retrieve()
                    .body(ResolvedModel.class);
            return new Said(model, List.of(), now);
        } catch (HttpClientErrorException.NotFound | HttpClientErrorException.BadRequest e) { // nor is there one of a name that cannot be
            return new Said(null, near(e), now);
        } catch (RestClientException e) {
            if (last != null && last.model() != null) {
                log.warn("the model catalog cannot be asked for '{}', which stays what it was: {}", cut(question.model()), e.getMessage());
                return last;
            }
            throw unreachable();
        }
    }

    private static List<String> near(HttpClientErrorException e) {
        try {
            return ModelJson.MAPPER.readTree(e.getResponseBodyAsByteArray()).path("near").valueStream().map(JsonNode::asString).toList();
        } catch (JacksonException x) {
            return List.of();
        }
    }

    private static ModelErrorException unknown(String model, List<String> near) {
        return new ModelErrorException(ModelError.of(404, "Model '" + cut(model) + "' not found: the catalog (`hud models list`) has no model of"
                + " that name." + (near.isEmpty() ? "" : " Near it: " + String.join(", ", near) + ".")));
    }

    private static ModelErrorException unreachable() {
        return new ModelErrorException(ModelError.unavailable("The model catalog cannot be reached just now. Try again.", 1));
    }

    private static String cut(String model) {
        return model.length() > 200 ? model.substring(0, 200) + "…" : model;
    }
}
