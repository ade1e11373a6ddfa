// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** Clients that have calls recorded as fast as they can, whole ones and streams, and remember which were answered to the end. */
final class RecordedCalls {

    private static final int CLIENTS = 4;
    private static final String FILE = "/v2/recordings/survivor";

    private final Api api;
    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean running = new AtomicBoolean();
    private final List<Future<?>> clients = new ArrayList<>();

    RecordedCalls(Api api) {
        this.api = api;
    }

    void begin() {
        running.set(true);
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        for (var client = 0; client < CLIENTS; client++) {
            var number = client;
            clients.add(threads.submit(() -> call(number)));
        }
    }

    void end() {
        running.set(false);
        clients.forEach(client -> await().until(client::isDone));
    }

    int answered() {
        return answered.size();
    }

    private void call(int client) {
        for (var turn = 0; running.get(); turn++) {
            var said = "call " + turn + " of client " + client;
            var body = Map.of(
                    "model", "scripted/letters", "stream", client % 2 == 0,
                    "messages", List.of(Map.of("role", "user", "content", said)));
            var answer = api.send(api.request("/inference/chat/completions")
                    .header("Content-Type", "application/json")
                    .header("x-assay-recording", "record=survivor")
                    .POST(BodyPublishers.ofString(Api.JSON.writeValueAsString(body))));
            if (answer.status() == 200) {
                answered.add(said);
            }
        }
    }

    /** Every line can be read and loaded again, and nobody's answer is missing. */
    void isWholeAndHasAllThatWereAnswered() {
        var file = api.get(FILE).expect(200).text();
        assertThat(file).endsWith("\n");
        var recorded = new HashSet<String>();
        file.lines().skip(1).forEach(line -> recorded.add(Api.JSON.readTree(line).at("/request/messages/0/content").stringValue()));
        assertThat(recorded).containsAll(answered);
        var listed = api.get("/v2/recordings").expect(200).body().at("/items/0");
        assertThat(listed.get("calls").intValue()).isEqualTo(recorded.size());
        var loaded = api.send(api.request(FILE).header("Content-Type", "application/x-ndjson").PUT(BodyPublishers.ofString(file)));
        assertThat(loaded.expect(200).body().get("calls").intValue()).isEqualTo(recorded.size());
        assertThat(loaded.body().get("bytes").longValue()).as("as it was counted while it was recorded")
                .isEqualTo(listed.get("bytes").longValue());
    }
}
