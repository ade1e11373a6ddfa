// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What stands on runs' timelines, to be compared. */
final class Timelines {

    /** Another one in every run. */
    private static final Set<String> OWN = Set.of("id", "seq", "started_at", "ended_at", "call_id");

    private static final JsonMapper SORTED = JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

    private static final Pattern CALL = Pattern.compile("(toolu|call)_[0-9A-Za-z_-]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private Timelines() {}

    static JsonNode of(Api api, UUID run) {
        return api.get("/v2/trace/" + run + "/timeline?limit=200").expect(200).body().get("entries");
    }

    /**
     * Entry by entry what the agent's side told, but for times and ids and the order of members; pictures of one kind are as good as each
     * other. Changes of files are told by the clock.
     */
    static List<String> told(Api api, UUID run) {
        return of(api, run).valueStream()
                .filter(entry -> !entry.path("kind").asString("").matches("call|filetracking.*"))
                .map(entry -> SORTED.writeValueAsString(((ObjectNode) entry.deepCopy()).without(OWN)))
                .map(text -> text.replace(run.toString(), "RUN").replace(run.toString().replace("-", ""), "RUN"))
                .map(text -> text.replaceAll("\"data\":\"[^\"]+\"", "\"data\":\"DATA\""))
                .map(text -> CALL.matcher(text).replaceAll("CALL"))
                .toList();
    }

    /** A run's steps of this kind as they lie in the database, in order: with what no page shows. */
    static List<JsonNode> kept(Platform platform, UUID run, String kind) {
        try (var connection = DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + (platform.port + 10) + "/assay", "assay",
                        Files.readString(platform.data.resolve("postgres-services-password")).strip());
                var asks = connection.prepareStatement("select body from trace.span where run = ? and name = ? order by step_id")) {
            asks.setObject(1, run);
            asks.setString(2, "step." + kind);
            var steps = new ArrayList<JsonNode>();
            for (var rows = asks.executeQuery(); rows.next();) {
                steps.add(Api.JSON.readTree(rows.getBytes(1)).at("/attributes/hud.payload"));
            }
            return steps;
        } catch (IOException | SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
