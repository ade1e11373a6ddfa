// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.assay.contracts.TeamId;
import dev.assay.kit.text.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
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

/** What models cost: as a team says, else as the list says that comes with the platform, else nobody knows. */
@Component
class Prices {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    private final JdbcClient jdbc;
    private final PriceTable defaults = listed();
    private final LoadingCache<TeamId, PriceTable> ofTeams = Caffeine.newBuilder()
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
        return ofTeams.get(team).find(names, upstream, day).or(() -> defaults.find(names, upstream, day));
    }

    List<Own> of(TeamId team) {
        return jdbc.sql("select id, pattern, upstream, since, price from prices where team_id = :team order by pattern, upstream, since")
                .param("team", team.value())
                .query((row, number) -> new Own(
                        row.getObject("id", UUID.class),
                        row.getString("pattern"),
                        row.getString("upstream"),
                        row.getObject("since", LocalDate.class),
                        JSON.readValue(row.getString("price"), PriceLine.class)))
                .list();
    }

    void add(TeamId team, Own own, UUID by, Instant now) {
        jdbc.sql(
                        """
                        insert into prices (id, team_id, pattern, upstream, since, price, created_at, created_by)
                        values (:id, :team, :pattern, :upstream, :since, :price::jsonb, :now, :by)
                        """)
                .param("id", own.id())
                .param("team", team.value())
                .param("pattern", own.match())
                .param("upstream", own.upstream())
                .param("since", own.since())
                .param("price", JsonText.of(JSON, own.price()))
                .param("now", now.atOffset(ZoneOffset.UTC))
                .param("by", by)
                .update();
        ofTeams.invalidate(team);
    }

    boolean remove(TeamId team, UUID id) {
        var removed = jdbc.sql("delete from prices where id = :id and team_id = :team")
                .param("id", id)
                .param("team", team.value())
                .update();
        ofTeams.invalidate(team);
        return removed == 1;
    }

    private PriceTable load(TeamId team) {
        return new PriceTable(of(team).stream()
                .map(own -> entry(own.match(), own.upstream(), own.since(), own.price(), "team's "))
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
