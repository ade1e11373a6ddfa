// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** S50: gym's environments as the client serves them. LeRobot data sets, which the client can write with torch, are left out. */
class S50RobotTests {

    private static final int TICKS = 25;
    private static final Path ROBOTS = Client.besideTheClient("robots", "hud[robot]==0.6.21");

    private final Platform platform = Platform.shared();
    private final String key = platform.keyOf("s50");
    private final Api api = platform.api(key);
    private final Hud hud = new Hud().with(ROBOTS).against(platform.url(), key);

    @Test
    void aHostedAgentWithAServedPolicyTellsWhatTheClientsOwnTellsAndItsFilmCanBePlayed() throws IOException {
        hud.source("watched").run("deploy", "--yes", "--no-env").exitsWith(0);
        try (var policy = Running.start(hud.folder, Map.of(), List.of(ROBOTS.resolve("python").toString(), "policy.py", "127.0.0.2"))) {
            var port = policy.waitFor("serving on (\\d+)", Duration.ofMinutes(1)).group(1);
            var hosted = submit("ws://127.0.0.2:" + port);
            var refused = submit("ws://127.0.0.1:" + port);
            var local = UUID.fromString(dashed(hud.python("run.py", "127.0.0.2", port).exitsWith(0).find("run ([0-9a-f]{32}) 1.0")));

            var ended = Runs.finished(api, hosted);
            assertThat(ended.path("reward").asDouble(-1)).as(ended + "\n" + Timelines.of(api, hosted)).isEqualTo(1.0);
            assertThat(told(hosted)).filteredOn(entry -> entry.contains("\"tick\":")).hasSize(TICKS + (TICKS + 1) / 2);
            assertThat(told(hosted)).isEqualTo(told(local));
            assertThat(film(local)).isNotEmpty();
            assertThat(pictures(hosted)).isEqualTo(TICKS);

            var notReached = Runs.finished(api, refused);
            assertThat(notReached.get("status").stringValue()).isEqualTo("error");
            assertThat(notReached.path("reward").isNumber()).isFalse();
            assertThat(notReached.toString()).contains("'127.0.0.1' is not a public address");
            Console.look(platform, key, "/trace/" + local, page -> {
                page.locator(".robot .films video").first().waitFor();
                page.locator(".robot .plots > *").first().waitFor();
            });
        }
    }

    @Test
    void fourAgentsOfTheClientsDriveFourCartsOfOneSimulation() {
        var ran = hud.source("carts").python("run.py").exitsWith(0).text();

        var runs = Pattern.compile("run ([0-9a-f]{32}) 1\\.0").matcher(ran).results()
                .map(found -> UUID.fromString(dashed(found.group(1)))).toList();
        assertThat(runs).hasSize(4).allSatisfy(run -> {
            assertThat(Runs.finished(api, run).path("reward").asDouble(-1)).isEqualTo(1.0);
            assertThat(Timelines.of(api, run).valueStream().map(entry -> entry.path("kind").asString("")).filter("observation"::equals))
                    .hasSize(TICKS);
        });
    }

    private UUID submit(String policy) {
        var run = UUID.randomUUID();
        var submission = Runs.submission(run, UUID.randomUUID(), "watched", "balance", Map.of("seed", 7), "none");
        submission.put("agent", Map.of("type", "robot", "config", Map.of("policy", policy, "max_steps", TICKS, "chunk_size", 2)));
        api.post("/v2/rollouts/submit", submission).expect(200, 201);
        return run;
    }

    private static String dashed(String hex) {
        return hex.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
    }

    /** But for films, which come when they are ready. */
    private List<String> told(UUID run) {
        return Timelines.told(api, run).stream()
                .filter(entry -> !entry.contains("\"kind\":\"video_segment\""))
                .map(entry -> entry.replaceAll("\"(started|ended)_at\":\"[^\"]+\"", "\"$1_at\":\"THEN\""))
                .map(entry -> entry.replaceAll("slot-0-[0-9a-f]{8}", "SLOT"))
                .toList();
    }

    private List<JsonNode> film(UUID run) {
        var pieces = new ArrayList<JsonNode>();
        Timelines.of(api, run).forEach(entry -> {
            if (entry.path("kind").asString("").equals("video_segment")) {
                pieces.add(entry.get("payload"));
            }
        });
        pieces.sort(Comparator.comparing(piece -> piece.get("index").intValue()));
        return pieces;
    }

    /** How many pictures another program finds in it: the beginning, twenty pictures (two seconds), and the rest. */
    private int pictures(UUID run) throws IOException {
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> film(run).size() == 3);
        var film = film(run);
        assertThat(film).extracting(piece -> piece.get("index").intValue()).containsExactly(0, 1, 2);
        assertThat(film).allSatisfy(piece -> {
            assertThat(piece.get("camera").stringValue()).isEqualTo("front");
            assertThat(piece.get("fps").intValue()).isEqualTo(10);
        });
        var all = new ByteArrayOutputStream();
        film.forEach(piece -> all.writeBytes(Base64.getDecoder().decode(piece.at("/segment/data").stringValue())));
        Files.write(hud.folder.resolve("film.mp4"), all.toByteArray());
        var counted = hud.python("-c", "import av; print('pictures', sum(f.width == 32 for f in av.open('film.mp4').decode(video=0)))");
        return Integer.parseInt(counted.exitsWith(0).find("pictures (\\d+)"));
    }
}
