// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.model;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.ResolvedModel;
import dev.assay.gateway.model.ModelResolution.Target;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.stereotype.Component;

/** Where models can be asked that several upstreams serve. */
@Component
class Targets {

    /** {@code assay.targets}: of a model that stands here, the upstream that the catalog names is one of several only if it stands here too. */
    @ConfigurationProperties("assay")
    record Configured(@DefaultValue List<Entry> targets) {

        /**
         * @param model the slug in the catalog
         * @param upstreamModel what the upstream calls it; empty: as the catalog says
         */
        record Entry(
                String model, String upstream, @DefaultValue("") String upstreamModel, @DefaultValue("1") int weight,
                @DefaultValue("0") int priority) {

            Entry {
                if (model == null || model.isBlank() || upstream == null || upstream.isBlank() || weight < 0) {
                    throw new IllegalArgumentException("every one of assay.targets needs a model, an upstream, and a weight of 0 or more");
                }
            }
        }
    }

    private final TeamTargets teams;
    private final Map<String, List<Configured.Entry>> byModel;

    Targets(Configured configured, TeamTargets teams) {
        this.teams = teams;
        this.byModel = configured.targets().stream().collect(Collectors.groupingBy(entry -> entry.model().strip().toLowerCase(Locale.ROOT)));
    }

    /** The team's own; else those of the configuration; else the one that the catalog names. */
    List<Target> of(TeamId team, ResolvedModel model) {
        var own = teams.known(team).stream().filter(row -> row.modelName().equalsIgnoreCase(model.modelName())).toList();
        if (!own.isEmpty()) {
            return own.stream()
                    .map(row -> new Target(
                            row.upstream(), row.upstreamModel().isEmpty() ? model.upstreamModel() : row.upstreamModel(), row.weight(), row.priority()))
                    .toList();
        }
        var entries = byModel.get(model.modelName().toLowerCase(Locale.ROOT));
        if (entries == null) {
            return List.of(new Target(model.provider(), model.upstreamModel(), 1, 0));
        }
        return entries.stream()
                .map(entry -> new Target(
                        entry.upstream().strip(),
                        entry.upstreamModel().isBlank() ? model.upstreamModel() : entry.upstreamModel().strip(),
                        entry.weight(),
                        entry.priority()))
                .toList();
    }
}
