// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A run's steps as they are told through the one public door, which has to pass each on at once. */
class LiveStepsTests {

    private final Api api = Platform.shared().api(Deployed.KEY);

    private record Event(String id, String cause, String status) {

        String step() {
            return cause + " " + status;
        }
    }

    @Test
    void whoeverComesAgainWithTheLastIdHasMissedNothing() throws Exception {
        Deployed.letters();
        var run = UUID.randomUUID();
        api.post("/v2/rollouts/submit", Runs.submission(run, UUID.randomUUID(), "letter-count", "count_letter",
                Map.of("word", "banana", "letter", "a"), "scripted/slow")).expect(201);

        // its model says nothing for ten minutes: whoever hears that it runs hears it while it does
        var before = told(run, "0-0", event -> event.status().equals("running"));
        api.post("/v2/rollouts/cancel", Map.of("trace_id", run)).expect(200);
        Runs.finished(api, run);
        var after = told(run, before.getLast().id(), event -> false);

        var written = api.get("/v2/trace/" + run + "/transitions").expect(200).body().get("items").valueStream()
                .map(step -> step.get("cause").stringValue() + " " + step.get("status").stringValue()).toList();
        assertThat(Stream.concat(before.stream(), after.stream()).map(Event::step)).isEqualTo(written);
        assertThat(after).isNotEmpty();
    }

    /** Reads until that one is told, and then hangs up; or until nothing goes on any more. */
    private List<Event> told(UUID run, String last, Predicate<Event> enough) throws IOException, InterruptedException {
        var request = api.request("/v2/trace/" + run + "/live").header("Last-Event-ID", last).GET().build();
        var told = new ArrayList<Event>();
        try (var http = HttpClient.newHttpClient(); var lines = http.send(request, BodyHandlers.ofLines()).body()) {
            var id = "";
            for (var line : (Iterable<String>) lines::iterator) {
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("data: {\"")) {
                    var step = Api.JSON.readTree(line.substring(6));
                    told.add(new Event(id, step.get("cause").stringValue(), step.get("status").stringValue()));
                    if (enough.test(told.getLast())) {
                        http.shutdownNow();
                        break;
                    }
                }
            }
        }
        return told;
    }
}
