// SPDX-License-Identifier: Apache-2.0

package dev.assay.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.event.Topics;
import dev.assay.environment.EnvironmentService;
import dev.assay.gateway.GatewayService;
import dev.assay.grading.GradingService;
import dev.assay.job.JobService;
import dev.assay.kit.ServiceStart;
import dev.assay.kit.identity.MakeKeys;
import dev.assay.testsupport.FreePort;
import dev.assay.testsupport.StoppableBroker;
import dev.assay.testsupport.TestPlatform;
import dev.assay.testsupport.WholeTopic;
import dev.assay.trace.TraceService;
import dev.assay.training.TrainingService;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/** Every service twice, on the same Postgres and the same Kafka; each replica knows one replica of the others. */
class TwoReplicasTests {

    private static final Logger log = LoggerFactory.getLogger(TwoReplicasTests.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String ADMIN = "an-admin-token-for-this-test-" + UUID.randomUUID();
    private static final int RUNS = 20;

    /** By the clock: what gives up after some seconds, or grows without end, shows itself. */
    private static final Duration AWAY = Duration.ofMinutes(1);

    private static final Map<String, Class<?>> SERVICES = services();

    @TempDir
    private Path data;

    private final HttpClient http = HttpClient.newHttpClient();
    private String database;

    @Test
    void runsFinishOnceAndFactsStayInOrderAlsoWithoutABrokerForAMinuteAndWhenHalfOfThemStop() throws Exception {
        try (var broker = StoppableBroker.start(); var first = new Half("first", broker); var second = new Half("second", broker)) {
            var made = call(first, ADMIN, "POST", "/v2/admin/keys", "{\"team\": \"two\", \"name\": \"replicas\"}", 201);
            var key = JSON.readTree(made).get("key").asString();
            var job = UUID.randomUUID();
            var runs = new ArrayList<UUID>();
            runs.addAll(drive(key, job, List.of(first, second)));
            awaitAll(key, job, runs, List.of(first, second));

            broker.goAway();
            var back = System.nanoTime() + AWAY.toNanos();
            do {
                runs.addAll(drive(key, job, List.of(first, second)));
            } while (System.nanoTime() < back);
            broker.comeBack();
            awaitAll(key, job, runs, List.of(first, second));
            log.info("{} runs ended while the broker was away for a minute, or before that; each was told, graded and shown", runs.size());

            var during = Executors.newVirtualThreadPerTaskExecutor().submit(() -> drive(key, job, List.of(second)));
            first.close();
            runs.addAll(during.get());
            awaitAll(key, job, runs, List.of(second));

            assertThat(toldInOrder(broker)).containsOnlyKeys(runs.stream().map(UUID::toString).toArray(String[]::new));
            for (var service : List.of("environment", "job", "grading", "trace")) {
                var letters = JSON.readTree(call(second, ADMIN, "GET", "/v2/admin/" + service + "-service/dead-letters", null, 200));
                assertThat(letters.get("items")).as(service).isEmpty();
            }
        }
    }

    /** Runs that a client drives, which speaks with another replica each time and says everything twice. */
    private List<UUID> drive(String key, UUID job, List<Half> halves) throws Exception {
        var driven = new ArrayList<UUID>();
        try (var clients = Executors.newFixedThreadPool(4)) {
            var all = new ArrayList<Callable<Void>>();
            for (var number = 0; number < RUNS; number++) {
                var run = UUID.randomUUID();
                var one = halves.get(number % halves.size());
                var other = halves.get((number + 1) % halves.size());
                driven.add(run);
                all.add(() -> {
                    var entered = "{\"job_id\": \"" + job + "\", \"task_slug\": \"t\"}";
                    var exited = "{\"reward\": 0.5, \"evaluation_result\": {\"score\": 0.5}}";
                    for (var half : List.of(one, other)) {
                        call(half, key, "POST", "/v2/trace/" + run + "/enter", entered, 200);
                        call(half, key, "POST", "/telemetry/v3/api/trace/" + run + "/telemetry-upload", spans(run), 204);
                    }
                    call(other, key, "POST", "/v2/trace/" + run + "/exit", exited, 200);
                    call(one, key, "POST", "/v2/trace/" + run + "/exit", exited, 200);
                    return null;
                });
            }
            for (var done : clients.invokeAll(all)) {
                done.get();
            }
        }
        return driven;
    }

    /** Until every replica shows each run, its grade and its spans: once. */
    private void awaitAll(String key, UUID job, List<UUID> runs, List<Half> halves) throws Exception {
        for (var half : halves) {
            assertThat(call(half, key, "GET", "/v2/jobs/" + job + "/summary", null, 200))
                    .satisfies(summary -> assertThat(JSON.readTree(summary).get("completed").asInt()).isEqualTo(runs.size()));
            for (var run : runs) {
                await().atMost(LONG).pollDelay(Duration.ZERO).untilAsserted(() -> {
                    var grade = JSON.readTree(call(half, key, "GET", "/v2/trace/" + run + "/grade", null, 200));
                    assertThat(grade.get("reward").asDouble()).isEqualTo(0.5);
                    var events = JSON.readTree(call(half, key, "GET", "/v2/trace/" + run + "/events", null, 200));
                    assertThat(events.get("events")).hasSize(2);
                    assertThat(events.get("status").asString()).isEqualTo("completed");
                });
            }
        }
    }

    /** The facts that left, by run; of each the revisions grow. */
    private static Map<String, List<Integer>> toldInOrder(StoppableBroker broker) {
        var told = new HashMap<String, List<Integer>>();
        WholeTopic.read(broker.asOperator(), Topics.RUN_FINISHED).forEach(record ->
                told.computeIfAbsent(record.key(), run -> new ArrayList<>()).add(JSON.readTree(record.value()).get("revision").asInt()));
        assertThat(told.values()).allSatisfy(revisions -> assertThat(revisions).isSorted());
        return told;
    }

    private static String spans(UUID run) {
        return "{\"telemetry\": [" + span(run, 1) + "," + span(run, 2) + "]}";
    }

    private static String span(UUID run, int step) {
        return """
                {"name": "step.user", "span_id": "s%d", "start_time": "2026-11-22T11:28:2%dZ", "end_time": "2026-11-22T11:28:2%dZ",
                 "attributes": {"hud.schema": "hud.step.v1", "hud.task_run_id": "%s",
                   "hud.payload": {"source": "user", "step_id": %d, "messages": [{"role": "user", "content": {"type": "text", "text": "t"}}]}}}"""
                .formatted(step, step, step, run, step);
    }

    private String call(Half half, String key, String method, String path, String body, int expected) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + half.port("gateway-service") + path))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .build();
        var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as("%s %s: %s", method, path, answer.body()).isEqualTo(expected);
        return answer.body();
    }

    private static Map<String, Class<?>> services() {
        var services = new LinkedHashMap<String, Class<?>>();
        services.put("environment-service", EnvironmentService.class);
        services.put("job-service", JobService.class);
        services.put("grading-service", GradingService.class);
        services.put("trace-service", TraceService.class);
        services.put("training-service", TrainingService.class);
        services.put("gateway-service", GatewayService.class);
        return services;
    }

    /** One replica of each service, as they would run on one of two machines. */
    private final class Half implements AutoCloseable {

        private final Map<String, Integer> ports = new HashMap<>();
        private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

        Half(String name, StoppableBroker broker) throws Exception {
            var next = FreePort.findWithNext(SERVICES.size());
            for (var service : SERVICES.keySet()) {
                ports.put(service, next++);
            }
            var keys = new MakeKeys(data.resolve("keys"), Clock.systemUTC());
            for (var service : SERVICES.entrySet()) {
                var settings = new ArrayList<>(List.of(
                        "--server.port=" + port(service.getKey()),
                        "--server.address=127.0.0.1",
                        "--assay.database.url=" + ownDatabase(),
                        "--assay.database.user=postgres",
                        "--assay.database.password=postgres",
                        "--assay.kafka=" + broker.servers(),
                        "--assay.kafka-password=password-of-" + service.getKey(),
                        "--assay.data=" + data.resolve(name),
                        "--assay.admin-token=" + ADMIN,
                        "--assay.keys.own=" + keys.makeSure(service.getKey()),
                        "--assay.keys.public=" + data.resolve("keys").resolve(MakeKeys.PUBLIC),
                        "--assay.keys.sealing=" + keys.makeSure(MakeKeys.SEALING)));
                ports.forEach((other, port) -> settings.add("--assay." + other.replace("-service", "-url") + "=http://127.0.0.1:" + port));
                contexts.add(ServiceStart.run(service.getValue(), service.getKey(), settings.toArray(String[]::new)));
            }
        }

        int port(String service) {
            return ports.get(service);
        }

        @Override
        public void close() {
            contexts.reversed().forEach(ConfigurableApplicationContext::close);
        }
    }

    /** Of this test alone: other tests of this JVM count what is in theirs. */
    private String ownDatabase() throws Exception {
        if (database == null) {
            var name = "two_replicas_" + UUID.randomUUID().toString().replace('-', '_');
            try (var connection = DriverManager.getConnection(TestPlatform.databaseUrl(), "postgres", "postgres");
                    var statement = connection.createStatement()) {
                statement.execute("create database " + name);
            }
            database = TestPlatform.databaseUrl().replaceFirst("/postgres$", "/" + name);
        }
        return database;
    }
}
