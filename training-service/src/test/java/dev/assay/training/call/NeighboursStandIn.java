// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.json.JsonMapper;

/** Stands in for job-service and trace-service: what is on record of runs. Whoever asks for another team's finds none. */
public final class NeighboursStandIn {

    private static final String BROKEN = "{\"samples\": [";
    private static final Map<String, String> RECORDS = new ConcurrentHashMap<>();
    private static final Map<String, Integer> LOOKS = new ConcurrentHashMap<>();
    private static final HttpServer SERVER = start();

    private NeighboursStandIn() {}

    public static String url() {
        return "http://127.0.0.1:" + SERVER.getAddress().getPort();
    }

    /** What is answered to this team at a path, whatever its query, if it has none. */
    public static void record(TeamId team, String path, String record) {
        RECORDS.put(path + " of " + team, record);
    }

    /** How often this team has asked for what is at a path. */
    public static int looks(TeamId team, String path) {
        return LOOKS.getOrDefault(path + " of " + team, 0);
    }

    /** Breaks off in the middle of an answer. */
    public static void fail(TeamId team, String path) {
        RECORDS.put(path + " of " + team, BROKEN);
    }

    static void run(TeamId team, RunId run, String record) {
        run(team, run, 0, record);
    }

    /** @param attempt 0: a client drives it */
    static void run(TeamId team, RunId run, int attempt, String record) {
        RECORDS.put("/v2/trace/" + run + " of " + team, "{\"attempt\": " + attempt + ", " + record.substring(1));
    }

    static void graded(TeamId team, RunId run, double reward, String samples) {
        run(team, run, "{\"status\": \"completed\", \"reward\": " + reward + ", \"evaluation_result\": {\"score\": " + reward
                + "}, \"ended_at\": \"2026-11-01T00:00:00Z\"}");
        RECORDS.put("/internal/runs/" + run + "/samples of " + team, "{\"samples\": " + samples + ", \"turns\": 1, \"graded\": true}");
    }

    /** @param groups of runs by their ids, as JSON */
    static void groups(TeamId team, String groups) {
        RECORDS.put("/internal/runs/groups of " + team, "{\"groups\": " + groups + "}");
    }

    private static HttpServer start() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", NeighboursStandIn::answer);
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void answer(HttpExchange exchange) throws IOException {
        var team = teamOf(exchange);
        var record = RECORDS.getOrDefault(
                exchange.getRequestURI() + " of " + team, RECORDS.get(exchange.getRequestURI().getPath() + " of " + team));
        LOOKS.merge(exchange.getRequestURI().getPath() + " of " + team, 1, Integer::sum);
        var body = (record == null ? "{}" : record).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(record == null ? 404 : 200, BROKEN.equals(record) ? body.length + 1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** Whom the body speaks of, or the query, or the token. */
    private static String teamOf(HttpExchange exchange) throws IOException {
        if (exchange.getRequestMethod().equals("POST")) {
            return JsonMapper.shared().readTree(exchange.getRequestBody()).path("team").asString();
        }
        var query = exchange.getRequestURI().getQuery();
        if (query != null && query.startsWith("team=")) {
            return query.substring("team=".length());
        }
        var bearer = exchange.getRequestHeaders().getFirst("Authorization");
        try {
            return SignedJWT.parse(bearer.substring("Bearer ".length())).getJWTClaimsSet().getStringClaim("team");
        } catch (ParseException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
