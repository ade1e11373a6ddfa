// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.contracts.TeamId;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.model.Everybody;
import dev.assay.gateway.model.Remembered;
import dev.assay.gateway.wire.Connections;
import dev.assay.kit.sealing.SecretBox;
import dev.assay.kit.sealing.UnopenedException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;

/** The upstreams that people have entered, ready to be asked. What another replica changed is known within two seconds. */
@Component
class EnteredUpstreams implements DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(EnteredUpstreams.class);

    static final String CREDENTIAL = "credential";

    /**
     * @param unusable by the names of those that are there and cannot be asked, why: everybody's of the same name stay hidden behind them, or
     *     a team's calls would go out on the platform's account
     */
    private record Of(Map<String, Upstreams.Known> byName, Map<String, String> unusable, Map<UUID, Long> versions) {}

    private final EnteredUpstreamStore store;
    private final SecretBox secrets;
    private final BreakerSettings breakers;
    private final Connections everywhere;
    private final Connections guarded;
    private final boolean anywhere;
    private final Remembered<TeamId, Of> teams = new Remembered<>(this::read);

    EnteredUpstreams(
            EnteredUpstreamStore store, SecretBox secrets, BreakerSettings breakers, Connections everywhere, OwnAddresses own,
            @Value("${assay.team-upstreams.anywhere}") boolean anywhere) {
        this.store = store;
        this.secrets = secrets;
        this.breakers = breakers;
        this.everywhere = everywhere;
        this.guarded = Connections.resolving(new PublicNames(own, anywhere));
        this.anywhere = anywhere;
    }

    /**
     * @return empty: the team has none of that name
     * @throws ModelErrorException 503 if it has one that cannot be asked, or nobody knows whether it has one
     */
    Optional<Upstreams.Known> named(TeamId team, String name) {
        var all = teams.get(team);
        var plain = name.toLowerCase(Locale.ROOT);
        if (all.unusable().containsKey(plain)) {
            throw new ModelErrorException(
                    ModelError.of(503, (isEverybodys(team) ? "The upstream '" : "Your team's upstream '") + name + "' " + all.unusable().get(plain))
                            .andNoUseTryingAgain());
        }
        return Optional.ofNullable(all.byName().get(plain));
    }

    /** All that can be asked. */
    Collection<Upstreams.Known> of(TeamId team) {
        return teams.get(team).byName().values();
    }

    /** The teams that have any of their own. */
    List<TeamId> teams() {
        return store.teams();
    }

    /** Why the upstream of this row cannot be asked; null: it can. */
    @Nullable String unusable(EnteredUpstream row) {
        return teams.get(row.team()).unusable().get(row.name().toLowerCase(Locale.ROOT));
    }

    /** What is asked for this row; empty: it cannot be asked. */
    Optional<Upstreams.Known> of(EnteredUpstream row) {
        return Optional.ofNullable(teams.get(row.team()).byName().get(row.name().toLowerCase(Locale.ROOT)));
    }

    /** Takes up what this replica changed itself. */
    void changed(TeamId team) {
        teams.changed(team);
    }

    private Of read(TeamId team, @Nullable Of last) {
        List<EnteredUpstream> rows;
        try {
            rows = store.of(team);
        } catch (DataAccessException | CannotCreateTransactionException e) {
            log.warn("the upstreams of team {} cannot be read: {}", team, e.getMessage());
            throw new ModelErrorException(ModelError.unavailable("Upstreams cannot be read just now. Try again.", 1));
        }
        Map<String, Upstreams.Known> byName = new TreeMap<>();
        Map<String, String> unusable = new TreeMap<>();
        Map<UUID, Long> versions = new TreeMap<>();
        for (var row : rows) {
            var name = row.name().toLowerCase(Locale.ROOT);
            var isSame = last != null && Long.valueOf(row.version()).equals(last.versions().get(row.id()));
            var known = !row.enabled() ? Optional.<Upstreams.Known>empty() : known(row, isSame ? last.byName().get(name) : null);
            known.ifPresentOrElse(
                    usable -> byName.put(name, usable),
                    () -> unusable.put(name, row.enabled() ? "cannot be used: its credential is to be entered anew." : "is switched off."));
            versions.put(row.id(), row.version());
        }
        return new Of(byName, unusable, versions);
    }

    /** One that did not change keeps what was seen of it. */
    private Optional<Upstreams.Known> known(EnteredUpstream row, Upstreams.@Nullable Known same) {
        if (same != null) {
            return Optional.of(same);
        }
        try {
            var settings = settings(row, secrets.open(row.credential(), row.id()).getOrDefault(CREDENTIAL, ""));
            return Optional.of(isEverybodys(row.team())
                    ? Upstreams.Known.of(settings, everywhere, true, breakers, false)
                    : Upstreams.Known.of(settings, guarded, anywhere, breakers, true));
        } catch (UnopenedException | IllegalArgumentException e) {
            log.error("the upstream {} of team {} cannot be used: {}", row.name(), row.team(), e.getMessage());
            return Optional.empty();
        }
    }

    /** @throws IllegalArgumentException if something in it cannot be */
    static UpstreamSettings settings(EnteredUpstream row, String credential) {
        return new UpstreamSettings(
                row.name(), row.preset(), row.baseUrl(), credential, row.region(), row.models(), row.lists(), row.limits(),
                row.expiresAt() != null);
    }

    private static boolean isEverybodys(TeamId team) {
        return team.equals(Everybody.TEAM);
    }

    @Override
    public void destroy() throws Exception {
        guarded.destroy();
    }
}
