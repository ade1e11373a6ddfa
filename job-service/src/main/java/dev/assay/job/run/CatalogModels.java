// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.assay.contracts.ModelId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.ResolvedModel;
import dev.assay.kit.cache.Caches;
import dev.assay.kit.rest.InternalRest;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * Which model of the catalog is meant by what an agent asks for. Runs are read again and again while somebody waits for them: what came of
 * asking, be it that nobody answers, holds for a minute. So a reader waits for the catalog once a minute, for three seconds at most.
 */
@Component
class CatalogModels {

    private static final Logger log = LoggerFactory.getLogger(CatalogModels.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration KEPT = Duration.ofMinutes(1);
    private static final int MOST_KEPT = 10_000;

    private final RestClient catalog;
    private final LoadingCache<Asked, Optional<ModelId>> known =
            Caches.builder().maximumSize(MOST_KEPT).expireAfterWrite(KEPT).build(this::ask);

    CatalogModels(InternalRest rest, @Value("${assay.training-url}") String trainingUrl) {
        this.catalog = rest.forService(trainingUrl, "training-service", PATIENCE);
    }

    private record Asked(TeamId team, String model) {}

    /** Empty: the team's catalog has none of that name, or could not be asked. */
    Optional<ModelId> find(TeamId team, String model) {
        return Objects.requireNonNull(known.get(new Asked(team, model)));
    }

    private Optional<ModelId> ask(Asked asked) {
        try {
            return Optional.ofNullable(catalog.get()
                            .uri("/internal/models/resolve?team={team}&model={model}", asked.team(), asked.model())
                            .retrieve()
                            .body(ResolvedModel.class))
                    .map(ResolvedModel::id);
        } catch (HttpClientErrorException.NotFound | HttpClientErrorException.BadRequest none) {
            return Optional.empty();
        } catch (RestClientException e) {
            log.debug("runs are shown without the ids of their models: {}", e.toString());
            return Optional.empty();
        }
    }
}
