// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.TeamId;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Brings the models of the configuration into the catalog at every start. */
@Component
class SharedModels implements ApplicationRunner {

    private final Configured configured;
    private final ModelStore store;
    private final TransactionTemplate transactions;
    private final Clock clock;

    SharedModels(Configured configured, ModelStore store, TransactionTemplate transactions, Clock clock) {
        this.configured = configured;
        this.store = store;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** {@code assay.models}. */
    @ConfigurationProperties("assay")
    record Configured(List<Entry> models) {

        record Entry(
                String modelName, @Nullable String name, @Nullable String provider, @Nullable String agentType, @Nullable String upstreamModel,
                @Nullable String trainer) {}
    }

    @Override
    public void run(ApplicationArguments arguments) {
        var models = configured.models().stream().map(this::model).toList();
        transactions.executeWithoutResult(status -> store.replaceConfigured(models));
    }

    private Model model(Configured.Entry entry) {
        var slug = ModelRules.slug(entry.modelName());
        return new Model(
                idOf(slug),
                null,
                slug,
                ModelRules.optional("name", entry.name()),
                entry.trainer() == null ? ModelRules.required("provider", entry.provider()) : Model.BY_TRAINER,
                ModelRules.agentType(entry.agentType()),
                entry.upstreamModel() == null ? slug : entry.upstreamModel(),
                clock.instant(),
                entry.trainer(),
                null,
                entry.trainer(),
                null);
    }

    /** What an upstream of a team offers is another model for each team, whatever it is called. */
    static ModelId idOf(TeamId team, String slug) {
        return idOf(team + ":" + slug);
    }

    /** The same model has the same id on every installation and after every reset. */
    static ModelId idOf(String slug) {
        return new ModelId(UUID.nameUUIDFromBytes(("assay.model:" + slug.toLowerCase(Locale.ROOT)).getBytes(StandardCharsets.UTF_8)));
    }
}
