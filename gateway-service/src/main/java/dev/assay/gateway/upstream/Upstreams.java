// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.contracts.TeamId;
import dev.assay.gateway.call.Upstream;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.wire.Connections;
import dev.assay.gateway.wire.HttpUpstream;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.PropertyResolver;
import org.springframework.stereotype.Component;

/** The upstreams that this gateway knows: the built-in ones, those that a preset's key makes, the configured ones, and those of teams. */
@Component
final class Upstreams {

    private static final Logger log = LoggerFactory.getLogger(Upstreams.class);

    /**
     * @param settings null: it is built in
     * @param health as this process saw it
     * @param isTeams whether a team entered it
     */
    record Known(Upstream upstream, @Nullable UpstreamSettings settings, Breaker breaker, Health health, boolean isTeams) {

        String name() {
            return upstream.name();
        }
    }

    private final Map<String, Known> byName = new TreeMap<>();

    private final TeamUpstreams teams;

    Upstreams(
            List<Upstream> builtIn, ConfiguredUpstreams configured, PropertyResolver environment, BreakerSettings breakers,
            Connections connections, TeamUpstreams teams, MeterRegistry meters) {
        this.teams = teams;
        builtIn.forEach(upstream -> add(upstream, null, breakers, meters));
        Stream.concat(Presets.inEnvironment(environment).stream(), configured.upstreams().stream()).forEach(settings -> {
            var upstream = new HttpUpstream(settings.name(), new UpstreamAddress(settings), settings::speaks, connections);
            add(upstream, settings, breakers, meters);
            log.info("upstream {} ({})", settings, settings.apiKey().isBlank() ? "without a key" : "with a key");
        });
    }

    /**
     * One of the team's own, else one that is everybody's.
     *
     * @throws ModelErrorException 503 that says how it is added
     */
    Known named(TeamId team, String name) {
        return teams.named(team, name).orElseGet(() -> everybodys(name));
    }

    Known everybodys(String name) {
        var known = byName.get(name.toLowerCase(Locale.ROOT));
        if (known == null) {
            throw new ModelErrorException(ModelError.of(503, "This model is served by the upstream '" + name
                            + "', which this gateway does not know: its operator adds it with ASSAY_UPSTREAMS_0_NAME and _BASE_URL, or with the"
                            + " key of one that it knows by itself (ASSAY_OPENAI_API_KEY, ASSAY_ANTHROPIC_API_KEY, …), and a team with POST /v2/upstreams.")
                    .andNoUseTryingAgain());
        }
        return known;
    }

    /** Those that are everybody's. */
    List<Known> all() {
        return List.copyOf(byName.values());
    }

    private void add(Upstream upstream, @Nullable UpstreamSettings settings, BreakerSettings breakers, MeterRegistry meters) {
        var known = new Known(upstream, settings, new Breaker(upstream.name(), breakers), new Health(), false);
        if (byName.put(upstream.name().toLowerCase(Locale.ROOT), known) != null) {
            throw new IllegalStateException("two upstreams are named " + upstream.name());
        }
        meters.gauge("assay.upstream.open", Tags.of("upstream", upstream.name()), known.breaker(),
                breaker -> breaker.state() == Breaker.State.CLOSED ? 0 : 1);
    }
}
