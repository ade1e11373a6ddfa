// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.assay.contracts.TeamId;
import dev.assay.kit.cache.Caches;
import dev.assay.kit.text.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What models cost: as a team says, else as the operator says, else as the list says that comes with the platform, else nobody knows. */
@Component
class Prices {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    /** Whose the operator's prices are. */
    static final TeamId EVERYBODY = new TeamId(new UUID(0, 0));

    private final JdbcClient jdbc;
    private final PriceTable defaults = listed();
    private final LoadingCache<TeamId, PriceTable> ofTeams = Caches.builder()
            .maximumSize(10_000)
            .refreshAfterWrite(Duration.ofSeconds(5))
            .expireAfterAccess(Duration.ofMinutes(10))
            .build(this::load);

    Prices(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A price as a team set it.
     *
     * @param match the pattern of the names it is for
     */
    record Own(UUID id, String match, @Nullable String upstream, LocalDate since, PriceLine price) {}

    /**
     * @param names of the model, the catalog's and its upstream's
     * @return empty: nobody knows
     */
    Optional<Price> find(TeamId team, List<String> names, String upstream, Instant at) {
        var day = LocalDate.ofInstant(at, ZoneOffset.UTC);
        return ofTeams.get(team).find(names, upstream, day)
                .or(() -> ofTeams.get(EVERYBODY).find(names, upstream, day))
                .or(() -> defaults.find(names, upstream, day));
    }

    /** @param team or {@link #EVERYBODY} */
    List<Own> of(TeamId team) {
        return jdbc.sql(
                        """
                        select id, pattern, upstream, since, price from prices
                        where team_id is not distinct from :team::uuid
                        order by pattern, upstream, since
                        """)
                .param("team", owner(team))
                .query(Prices::own)
                .list();
    }

    Optional<Own> one(TeamId team, UUID id) {
        return jdbc.sql(
                        """
                        select id, pattern, upstream, since, price from prices
                        where id = :id and team_id is not distinct from :team::uuid
                        """)
                .param("id", id)
                .param("team", owner(team))
                .query(Prices::own)
                .optional();
    }

    private static @Nullable String owner(TeamId team) {
        return team.equals(EVERYBODY) ? null : team.toString();
    }

    private static Own own(ResultSet row, int number) throws SQLException {
        return new Own(
                row.getObject("id", UUID.class),
                row.getString("pattern"),
                row.getString("upstream"),
                row.getObject("since", LocalDate.class),
                JSON.readValue(row.getString("price"), PriceLine.class));
    }

    /** Belongs into a transaction, after which it is to be {@link #changed}. */
    void add(TeamId team, List<Own> prices, UUID by, Instant now) {
        var rows = prices.stream().map(own -> {
            var row = new LinkedHashMap<String, @Nullable Object>();
            row.put("id", own.id());
            row.put("pattern", own.match());
            row.put("upstream", own.upstream());
            row.put("since", own.since());
            row.put("price", own.price());
            return row;
        }).toList();
        jdbc.sql(
                        """
                        insert into prices (id, team_id, pattern, upstream, since, price, created_at, created_by)
                        select id, :team::uuid, pattern, upstream, since, price, :now, :by
                        from jsonb_to_recordset(:rows::jsonb) as row(id uuid, pattern text, upstream text, since date, price jsonb)
                        """)
                .param("rows", JsonText.of(JSON, rows))
                .param("team", owner(team))
                .param("now", now.atOffset(ZoneOffset.UTC))
                .param("by", by)
                .update();
    }

    /** Those of that day and those names that are for whichever upstream: a list that is imported once more takes their place. */
    int removeImported(TeamId team, List<String> patterns, LocalDate since) {
        return jdbc.sql(
                        """
                        delete from prices where team_id is not distinct from :team::uuid and upstream is null and since = :since
                            and pattern = any (:patterns)
                        """)
                .param("team", owner(team))
                .param("since", since)
                .param("patterns", patterns.toArray(String[]::new))
                .update();
    }

    void remove(UUID id) {
        jdbc.sql("delete from prices where id = :id").param("id", id).update();
    }

    /** Other replicas see it within seconds. */
    void changed(TeamId team) {
        ofTeams.invalidate(team);
    }

    private PriceTable load(TeamId team) {
        return new PriceTable(of(team).stream()
                .map(own -> entry(
                        own.match(), own.upstream(), own.since(), own.price(), team.equals(EVERYBODY) ? "operator's " : "team's "))
                .toList());
    }

    private static PriceTable.Entry entry(String match, @Nullable String upstream, LocalDate since, PriceLine line, String whose) {
        var pattern = match.toLowerCase(Locale.ROOT);
        return new PriceTable.Entry(pattern, upstream, since, line.price(whose + pattern + " of " + since));
    }

    /** The list that comes with the platform, line by line. */
    static List<ObjectNode> lines() {
        try (InputStream list = Prices.class.getResourceAsStream("/prices.yaml")) {
            return YAMLMapper.shared().readTree(list).path("prices").valueStream().map(line -> (ObjectNode) line).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static PriceTable listed() {
        var entries = new ArrayList<PriceTable.Entry>();
        for (var line : lines()) {
            var price = line.deepCopy();
            price.remove(List.of("match", "upstream", "since"));
            var since = LocalDate.parse(line.path("since").asString());
            for (JsonNode match : line.path("match")) {
                var upstream = line.path("upstream").asStringOpt().orElse(null);
                entries.add(entry(match.asString(), upstream, since, JSON.treeToValue(price, PriceLine.class), ""));
            }
        }
        return new PriceTable(entries);
    }
}
