// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.ResolvedModel;
import dev.assay.gateway.call.Upstream;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.model.Everybody;
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

/**
 * The upstreams that this gateway knows: the built-in ones, those that a preset's key makes, the configured ones, and those that people
 * enter.
 */
@Component
final class Upstreams {

    private static final Logger log = LoggerFactory.getLogger(Upstreams.class);

    /**
     * @param settings null: it is built in, and so are address and connections
     * @param health as this process saw it
     * @param isTeams whether a team entered it
     */
    record Known(
            Upstream upstream, @Nullable UpstreamSettings settings, @Nullable UpstreamAddress address, @Nullable Connections connections,
            Breaker breaker, Health health, Listing listing, boolean isTeams) {

        static Known builtIn(Upstream upstream, BreakerSettings breakers) {
            return new Known(upstream, null, null, null, new Breaker(upstream.name(), breakers), new Health(), new Listing(), false);
        }

        /** @param isTrusted whether it may have its tokens from any address */
        static Known of(UpstreamSettings settings, Connections connections, boolean isTrusted, BreakerSettings breakers, boolean isTeams) {
            var address = new UpstreamAddress(settings, connections, isTeams, isTrusted);
            var upstream = new HttpUpstream(settings.name(), address, settings::speaks, connections, settings.limits().connect());
            return new Known(
                    upstream, settings, address, connections, new Breaker(settings.name(), breakers), new Health(), new Listing(), isTeams);
        }

        String name() {
            return upstream.name();
        }

        /** Whether it is there for a while only. */
        boolean isPassing() {
            return settings != null && settings.isPassing();
        }

        Limits limits() {
            return settings == null ? Limits.NONE : settings.limits();
        }
    }

    private final Map<String, Known> byName = new TreeMap<>();

    private final EnteredUpstreams entered;

    Upstreams(
            List<Upstream> builtIn, ConfiguredUpstreams configured, PropertyResolver environment, BreakerSettings breakers,
            Connections connections, EnteredUpstreams entered, MeterRegistry meters) {
        this.entered = entered;
        builtIn.forEach(upstream -> add(Known.builtIn(upstream, breakers), meters));
        Stream.concat(Presets.inEnvironment(environment).stream(), configured.upstreams().stream()).forEach(settings -> {
            add(Known.of(settings, connections, true, breakers, false), meters);
            log.info("upstream {} ({})", settings, settings.apiKey().isBlank() ? "without a key" : "with a key");
        });
    }

    /**
     * One of the team's own, else one that is everybody's. The trainer is everybody's whatever a team has named so, and one for a while
     * hides none that came later.
     *
     * @throws ModelErrorException 503 that says how it is added
     */
    Known named(TeamId team, String name) {
        return name.equalsIgnoreCase(ResolvedModel.TRAINER)
                ? everybodys(ResolvedModel.TRAINER)
                : entered.named(team, name).filter(own -> !own.isPassing() || !isEverybodys(name)).orElseGet(() -> everybodys(name));
    }

    /** Whether everybody has one that is called so, as far as can be known. */
    boolean isEverybodys(String name) {
        try {
            return isConfigured(name) || entered.named(Everybody.TEAM, name).isPresent();
        } catch (ModelErrorException e) {
            return true; // it is there, and cannot be asked
        }
    }

    /** One of the configuration, else one that the operator has entered. */
    Known everybodys(String name) {
        var known = byName.get(name.toLowerCase(Locale.ROOT));
        return known != null ? known : entered.named(Everybody.TEAM, name).orElseThrow(() ->
            new ModelErrorException(ModelError.of(503, "This model is served by the upstream '" + name
                            + "', which this gateway does not know: its operator adds it with ASSAY_UPSTREAMS_0_NAME and _BASE_URL, or "
                            + "with the"
                            + " key of one that it knows by itself (ASSAY_OPENAI_API_KEY, ASSAY_ANTHROPIC_API_KEY, …), and a team with "
                            + "POST /v2/upstreams.")
                    .andNoUseTryingAgain()));
    }

    /** Whether one is built in or configured that is called so: nobody can enter another for everybody. */
    boolean isConfigured(String name) {
        return byName.containsKey(name.toLowerCase(Locale.ROOT));
    }

    /** Those that are built in or configured. */
    List<Known> configured() {
        return List.copyOf(byName.values());
    }

    /**
     * Those that are everybody's and can be asked. The configuration's win over what was entered before they came.
     *
     * @throws ModelErrorException 503 if nobody knows what was entered
     */
    List<Known> all() {
        return Stream.concat(
                        byName.values().stream(),
                        entered.of(Everybody.TEAM).stream().filter(known -> !isConfigured(known.name())))
                .toList();
    }

    private void add(Known known, MeterRegistry meters) {
        if (byName.put(known.name().toLowerCase(Locale.ROOT), known) != null) {
            throw new IllegalStateException("two upstreams are named " + known.name());
        }
        meters.gauge("assay.upstream.open", Tags.of("upstream", known.name()), known.breaker(),
                breaker -> breaker.state() == Breaker.State.CLOSED ? 0 : 1);
    }
}
