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
                if (isTrainer(upstream)) {
                    throw new IllegalArgumentException("assay.targets: the catalog alone says what the trainer serves, not the target of " + model);
                }
            }
        }
    }

    private final EnteredTargets entered;
    private final Map<String, List<Configured.Entry>> byModel;

    Targets(Configured configured, EnteredTargets entered) {
        this.entered = entered;
        this.byModel = configured.targets().stream().collect(Collectors.groupingBy(entry -> entry.model().strip().toLowerCase(Locale.ROOT)));
    }

    /**
     * The team's own; else those of the configuration, else those that the operator has entered; else the one that the catalog names. What
     * a trainer has the weights of is served by it alone, under the id that the caller's own catalog has: it gives this gateway every
     * team's models, so nobody else says which one it is asked for.
     */
    List<Target> of(TeamId team, ResolvedModel model) {
        if (model.comesFromTrainer()) {
            return List.of(new Target(ResolvedModel.TRAINER, model.id().toString(), 1, 0));
        }
        var own = entered(team, model);
        if (!own.isEmpty()) {
            return own;
        }
        var entries = byModel.get(model.modelName().toLowerCase(Locale.ROOT));
        if (entries != null) {
            return entries.stream().map(entry -> target(model, entry.upstream(), entry.upstreamModel(), entry.weight(), entry.priority())).toList();
        }
        var everybodys = entered(Everybody.TEAM, model);
        return everybodys.isEmpty() ? List.of(new Target(model.provider(), model.upstreamModel(), 1, 0)) : everybodys;
    }

    /** Whether the configuration says where everybody's calls of a model go. */
    boolean isConfigured(String slug) {
        return byModel.containsKey(slug.toLowerCase(Locale.ROOT));
    }

    private List<Target> entered(TeamId team, ResolvedModel model) {
        var rows = entered.known(team);
        return rows.isEmpty() ? List.of() : rows.stream()
                .filter(row -> row.modelName().equalsIgnoreCase(model.modelName()) && !isTrainer(row.upstream()))
                .map(row -> target(model, row.upstream(), row.upstreamModel(), row.weight(), row.priority()))
                .toList();
    }

    /** No target leads there: see {@link #of}. */
    static boolean isTrainer(String upstream) {
        return upstream.strip().equalsIgnoreCase(ResolvedModel.TRAINER);
    }

    private static Target target(ResolvedModel model, String upstream, String upstreamModel, int weight, int priority) {
        return new Target(upstream.strip(), upstreamModel.isBlank() ? model.upstreamModel() : upstreamModel.strip(), weight, priority);
    }
}
