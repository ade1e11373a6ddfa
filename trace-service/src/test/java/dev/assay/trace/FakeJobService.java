// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.RunLiveness;
import dev.assay.contracts.internal.RunOwner;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What job-service says to this one: whose a run is, and how it stands. */
public final class FakeJobService {

    private static final Map<RunId, TeamId> OWNERS = new ConcurrentHashMap<>();
    private static final Map<RunId, String> LIVE = new ConcurrentHashMap<>();
    private static final Map<RunId, ObjectNode> TOLD = new ConcurrentHashMap<>();
    private static final Map<RunId, Integer> ATTEMPTS = new ConcurrentHashMap<>();
    private static final Set<RunId> ENDED = ConcurrentHashMap.newKeySet();
    private static final Set<RunId> AWAY = ConcurrentHashMap.newKeySet();
    private static final Set<RunId> SILENT = ConcurrentHashMap.newKeySet();
    private static final Map<RunId, String> EVALUATIONS = new ConcurrentHashMap<>();
    private static final Map<String, String> PAGES = new ConcurrentHashMap<>();
    private static final HttpServer SERVER = start();

    private FakeJobService() {}

    public static String url() {
        return "http://127.0.0.1:" + SERVER.getAddress().getPort();
    }

    public static void owns(TeamId team, RunId run) {
        OWNERS.put(run, team);
    }

    /** Whether it was asked whose that run is, or told. */
    public static boolean knowsOwner(RunId run) {
        return OWNERS.containsKey(run);
    }

    public static void isLive(RunId run, String status) {
        LIVE.put(run, status);
    }

    /** The run is told so, status included. */
    public static void tells(RunId run, ObjectNode told) {
        LIVE.put(run, told.path("status").stringValue());
        TOLD.put(run, told);
    }

    /** How this run stands cannot be asked. */
    public static void isAwayFor(RunId run) {
        AWAY.add(run);
    }

    /** This attempt is the latest of the run, and those before it lost their leases. */
    public static void attempt(RunId run, int number) {
        ATTEMPTS.put(run, number);
    }

    /** The latest attempt has told how the run ended. */
    public static void ended(RunId run) {
        ENDED.add(run);
    }

    /** Asked about this run it takes the question and never answers. */
    public static void isSilentAbout(RunId run) {
        SILENT.add(run);
    }

    /** Whoever asks for a job's runs hears of these, the newest first. */
    public static void lists(JobId job, RunId... runs) {
        PAGES.put("/v2/jobs/" + job + "/traces", page(null, runs));
    }

    /** The same in two pages; asked for the second it fails. */
    public static void losesItsPlaceAfter(JobId job, RunId... runs) {
        PAGES.put("/v2/jobs/" + job + "/traces", page("1", runs));
    }

    private static String page(@Nullable String next, RunId... runs) {
        var items = Json.array();
        Arrays.stream(runs).forEach(run -> items.addObject().put("id", run.toString()));
        return Json.object().put("total", runs.length).put("next", next).set("items", items).toString();
    }

    /** It has the evaluation of the run, or has not. */
    public static void evaluated(RunId run, @Nullable String evaluation) {
        if (evaluation == null) {
            EVALUATIONS.remove(run);
        } else {
            EVALUATIONS.put(run, evaluation);
        }
    }

    private static HttpServer start() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/internal/runs/", FakeJobService::inquiry);
            server.createContext("/v2/trace/", FakeJobService::standing);
            server.createContext("/v2/jobs/", FakeJobService::runs);
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void inquiry(HttpExchange exchange) throws IOException {
        if (exchange.getRequestURI().getPath().endsWith("/claim")) {
            claim(exchange);
            return;
        }
        var run = RunId.parse(exchange.getRequestURI().getPath().split("/")[3]);
        if (exchange.getRequestURI().getPath().endsWith("/evaluation")) {
            var evaluation = EVALUATIONS.get(run);
            answer(exchange, evaluation == null ? 404 : 200, evaluation == null ? Map.of() : Json.MAPPER.readTree(evaluation));
            return;
        }
        // an attempt that job-service is about to give out counts as soon as it is there
        var latest = Integer.parseInt(exchange.getRequestURI().getQuery().replace("attempt=", "")) >= ATTEMPTS.getOrDefault(run, 0);
        answer(exchange, 200, new RunLiveness(latest && !ENDED.contains(run), latest, null));
    }

    private static void claim(HttpExchange exchange) throws IOException {
        var run = RunId.parse(exchange.getRequestURI().getPath().split("/")[3]);
        if (SILENT.contains(run)) {
            return;
        }
        var claimant = Json.MAPPER.readValue(exchange.getRequestBody(), RunOwner.class);
        answer(exchange, 200, new RunOwner(OWNERS.computeIfAbsent(run, unowned -> claimant.team())));
    }

    private static void standing(HttpExchange exchange) throws IOException {
        var run = RunId.parse(exchange.getRequestURI().getPath().split("/")[3]);
        if (AWAY.contains(run)) {
            answer(exchange, 503, Map.of("status", 503));
            return;
        }
        var status = LIVE.get(run);
        answer(exchange, status == null ? 404 : 200, TOLD.containsKey(run) ? TOLD.get(run) : Map.of("status", status == null ? 404 : status));
    }

    private static void runs(HttpExchange exchange) throws IOException {
        var page = PAGES.get(exchange.getRequestURI().getPath());
        var behind = exchange.getRequestURI().getQuery().contains("cursor=");
        answer(exchange, page == null ? 404 : behind ? 503 : 200, page == null ? Map.of() : Json.MAPPER.readTree(page));
    }

    private static void answer(HttpExchange exchange, int status, Object body) throws IOException {
        try (exchange) {
            var bytes = Json.MAPPER.writeValueAsBytes(body);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
