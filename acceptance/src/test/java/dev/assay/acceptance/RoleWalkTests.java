// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every endpoint of the API's own document, with the key of a viewer, a member and an administrator. */
class RoleWalkTests {

    private static final Platform PLATFORM = Platform.shared();
    private static final List<String> PEOPLE = List.of("viewer", "member", "administrator");
    private static final List<String> SCOPES = List.of("models", "telemetry", "read", "write", "admin");

    /** The least of a team who may. Whoever adds an endpoint decides here too. */
    private static final Map<String, String> LEAST = Map.ofEntries(
            entry("GET /v2/auth/me", "viewer"),
            entry("GET /v2/auth/teams", "viewer"),
            entry("POST /v2/auth/team", "viewer"),
            entry("GET /v2/team/members", "viewer"),
            entry("POST /v2/team/members", "administrator"),
            entry("PATCH /v2/team/members/{id}", "administrator"),
            entry("DELETE /v2/team/members/{id}", "administrator"),
            entry("GET /v2/keys", "viewer"),
            entry("POST /v2/keys", "member"),
            entry("PATCH /v2/keys/{id}", "viewer"), // keys of others: administrator, in KeyTests
            entry("POST /v2/keys/{id}/rotate", "viewer"),
            entry("DELETE /v2/keys/{id}", "viewer"), // keys of others: administrator, in RoleTests
            entry("GET /v2/audit", "administrator"),
            entry("GET /v2/projects", "viewer"),
            entry("GET /v2/projects/{id}", "viewer"),
            entry("POST /v2/projects", "member"),
            entry("GET /v2/builds", "viewer"),
            entry("GET /v2/builds/{id}/status", "viewer"),
            entry("GET /v2/builds/{id}/log", "viewer"),
            entry("POST /v2/builds/upload-url", "member"),
            entry("POST /v2/builds/{id}/cancel", "member"),
            entry("POST /v2/builds/trigger", "member"),
            entry("GET /v2/registry", "viewer"),
            entry("GET /v2/registry/{id}", "viewer"),
            entry("GET /v2/registry/{id}/versions", "viewer"),
            entry("GET /v2/registry/{id}/versions/{version}", "viewer"),
            entry("GET /v2/registry/{id}/variables", "viewer"),
            entry("DELETE /v2/registry/{id}/variables", "member"),
            entry("DELETE /v2/registry/{id}/variables/{name}", "member"),
            entry("GET /v2/tasksets", "viewer"),
            entry("POST /v2/tasksets", "member"),
            entry("GET /v2/tasksets/{id}", "viewer"),
            entry("GET /v2/tasksets/{id}/export", "viewer"),
            entry("GET /v2/tasksets/{id}/tasks", "viewer"),
            entry("GET /v2/tasksets/{id}/tasks/{task}", "viewer"),
            entry("GET /v2/tasksets/{id}/leaderboard", "viewer"),
            entry("GET /v2/tasksets/by-name/{name}", "viewer"),
            entry("POST /v2/tasks/upload", "member"),
            entry("POST /v2/trace/job/{job_id}/enter", "member"),
            entry("POST /v2/trace/{trace_id}/enter", "member"),
            entry("POST /v2/trace/{trace_id}/exit", "member"),
            entry("GET /v2/trace/{trace_id}", "viewer"),
            entry("GET /v2/trace/{trace_id}/transitions", "viewer"),
            entry("GET /v2/trace/{id}/events", "viewer"),
            entry("GET /v2/trace/{id}/timeline", "viewer"),
            entry("DELETE /v2/trace/{id}/spans", "administrator"),
            entry("GET /v2/retention", "viewer"),
            entry("PUT /v2/retention", "administrator"),
            entry("GET /v2/runs/search", "viewer"),
            entry("GET /v2/views", "viewer"),
            entry("GET /v2/views/{name}", "viewer"),
            entry("PUT /v2/views/{name}", "member"),
            entry("DELETE /v2/views/{name}", "member"),
            entry("GET /v2/trace/{id}/steps/export", "viewer"),
            entry("GET /v2/trace/{id}/links", "viewer"),
            entry("POST /v2/trace/{id}/links", "member"),
            entry("DELETE /v2/trace/{id}/links/{link}", "member"),
            entry("GET /v2/trace/{id}/grade", "viewer"),
            entry("GET /v2/trace/{id}/grades", "viewer"),
            entry("POST /v2/trace/{id}/grades", "member"),
            entry("POST /v2/trace/{id}/grades/record", "member"),
            entry("GET /v2/qa/checks", "viewer"),
            entry("POST /v2/qa/runs", "member"),
            entry("GET /v2/qa/results", "viewer"),
            entry("GET /v2/qa/settings", "viewer"),
            entry("PUT /v2/qa/settings", "administrator"),
            entry("GET /v2/jobs", "viewer"),
            entry("POST /v2/jobs", "member"),
            entry("POST /v2/jobs/{job_id}/pause", "member"),
            entry("POST /v2/jobs/{job_id}/resume", "member"),
            entry("PATCH /v2/jobs/{job_id}", "member"),
            entry("GET /v2/jobs/{job_id}/changes", "viewer"),
            entry("POST /v2/jobs/{job_id}/rerun", "member"),
            entry("POST /v2/trace/{trace_id}/rerun", "member"),
            entry("GET /v2/jobs/{job_id}/live", "viewer"),
            entry("GET /v2/trace/{trace_id}/live", "viewer"),
            entry("GET /v2/jobs/{job_id}", "viewer"),
            entry("GET /v2/jobs/{job_id}/traces", "viewer"),
            entry("GET /v2/jobs/{job_id}/summary", "viewer"),
            entry("GET /v2/jobs/{job_id}/groups", "viewer"),
            entry("GET /v2/jobs/{job_id}/statistics", "viewer"),
            entry("GET /v2/jobs/{job_id}/statistics/tasks", "viewer"),
            entry("GET /v2/jobs/{job_id}/compare", "viewer"),
            entry("GET /v2/jobs/{job_id}/gate", "viewer"),
            entry("GET /v2/jobs/{job_id}/export", "viewer"),
            entry("GET /v2/jobs/{job_id}/export/groups", "viewer"),
            entry("GET /v2/jobs/{job_id}/runs/export", "viewer"),
            entry("GET /v2/jobs/{job_id}/steps/export", "viewer"),
            entry("GET /v2/jobs/{job_id}/grades/export", "viewer"),
            entry("POST /v2/jobs/{job_id}/regrades", "member"),
            entry("GET /v2/jobs/{job_id}/regrades", "viewer"),
            entry("GET /v2/jobs/{job_id}/regrades/{regrade_id}", "viewer"),
            entry("DELETE /v2/jobs/{job_id}/regrades/{regrade_id}", "member"),
            entry("POST /v2/rollouts/submit", "member"),
            entry("POST /v2/rollouts/cancel", "member"),
            entry("POST /v2/rollouts/cancel_job", "member"),
            entry("POST /v2/rollouts/cancel_user_jobs", "member"),
            entry("POST /runtime/sessions", "member"),
            entry("GET /runtime/sessions/{id}", "viewer"),
            entry("GET /runtime/sessions/{id}/transitions", "viewer"),
            entry("DELETE /runtime/sessions/{id}", "member"),
            entry("GET /v2/limits", "viewer"),
            entry("PUT /v2/limits", "administrator"),
            entry("GET /v2/workers", "viewer"),
            entry("POST /v2/workers/drain", "administrator"),
            entry("POST /v2/workers/resume", "administrator"),
            entry("GET /v2/workers/credentials", "administrator"),
            entry("POST /v2/workers/credentials", "administrator"),
            entry("DELETE /v2/workers/credentials/{id}", "administrator"),
            entry("GET /v2/runtimes/credentials", "administrator"),
            entry("GET /v2/runtimes/{runtime}/credential", "administrator"),
            entry("PUT /v2/runtimes/{runtime}/credential", "administrator"),
            entry("DELETE /v2/runtimes/{runtime}/credential", "administrator"),
            entry("GET /v2/models", "viewer"),
            entry("POST /v2/models", "administrator"),
            entry("GET /v2/models/{id}", "viewer"),
            entry("GET /v2/models/resolve", "viewer"),
            entry("GET /v2/models/{id}/checkpoints", "viewer"),
            entry("GET /v2/models/{id}/checkpoints/{checkpoint}", "viewer"),
            entry("POST /v2/models/fork", "member"),
            entry("GET /rl/v1/models/{id}/train/losses", "viewer"),
            entry("POST /rl/v1/models/{id}/train/forward-backward", "member"),
            entry("POST /rl/v1/models/{id}/train/forward", "member"),
            entry("POST /rl/v1/models/{id}/train/backward", "member"),
            entry("POST /rl/v1/models/{id}/train/optim-step", "member"),
            entry("PUT /v2/models/{id}/head", "member"),
            entry("POST /telemetry/v3/api/trace/{id}/telemetry-upload", "member"),
            entry("POST /otlp/v1/traces", "member"),
            entry("POST /inference/chat/completions", "member"),
            entry("POST /inference/v1/chat/completions", "member"),
            entry("GET /v2/targets", "viewer"),
            entry("POST /v2/targets", "administrator"),
            entry("PATCH /v2/targets/{id}", "administrator"),
            entry("DELETE /v2/targets/{id}", "administrator"),
            entry("POST /inference/responses", "member"),
            entry("GET /inference/responses/{id}", "viewer"),
            entry("DELETE /inference/responses/{id}", "member"),
            entry("GET /inference/responses/{id}/input_items", "viewer"),
            entry("POST /inference/responses/{id}/cancel", "member"),
            entry("POST /inference/embeddings", "member"),
            entry("POST /inference/v1/responses", "member"),
            entry("GET /inference/v1/responses/{id}", "viewer"),
            entry("DELETE /inference/v1/responses/{id}", "member"),
            entry("GET /inference/v1/responses/{id}/input_items", "viewer"),
            entry("POST /inference/v1/responses/{id}/cancel", "member"),
            entry("POST /inference/v1/embeddings", "member"),
            entry("POST /inference/v1/messages", "member"),
            entry("POST /inference/v1/messages/count_tokens", "member"),
            entry("POST /inference/v1beta/models/{model}:generateContent", "member"),
            entry("POST /inference/v1beta/models/{model}:streamGenerateContent", "member"),
            entry("POST /inference/v1beta/models/{model}:countTokens", "member"),
            entry("POST /inference/v1beta/models/{model}:embedContent", "member"),
            entry("POST /inference/v1beta/models/{model}:batchEmbedContents", "member"),
            entry("GET /inference/v1beta/models", "viewer"),
            entry("GET /inference/v1beta/models/{id}", "viewer"),
            entry("GET /v2/upstreams", "viewer"),
            entry("POST /v2/upstreams", "administrator"),
            entry("GET /v2/upstreams/{id}", "viewer"),
            entry("PATCH /v2/upstreams/{id}", "administrator"),
            entry("DELETE /v2/upstreams/{id}", "administrator"),
            entry("POST /v2/upstreams/{name}/probe", "administrator"),
            entry("PUT /v2/upstreams/by-name/{name}", "member"),
            entry("DELETE /v2/upstreams/by-name/{name}", "member"),
            entry("GET /v2/usage", "viewer"),
            entry("GET /v2/calls", "viewer"),
            entry("GET /v2/calls/{id}", "viewer"),
            entry("GET /v2/budgets", "viewer"),
            entry("POST /v2/budgets", "administrator"),
            entry("GET /v2/budgets/{id}", "viewer"),
            entry("PATCH /v2/budgets/{id}", "administrator"),
            entry("DELETE /v2/budgets/{id}", "administrator"),
            entry("GET /v2/prices", "viewer"),
            entry("POST /v2/prices", "administrator"),
            entry("POST /v2/prices/import", "administrator"),
            entry("DELETE /v2/prices/{id}", "administrator"),
            entry("GET /v2/recordings", "viewer"),
            entry("GET /v2/recorded-jobs", "viewer"),
            entry("GET /v2/recordings/{name}", "viewer"),
            entry("PUT /v2/recordings/{name}", "member"),
            entry("DELETE /v2/recordings/{name}", "member"),
            entry("PUT /v2/recordings/{name}/jobs/{job}", "member"),
            entry("DELETE /v2/recordings/{name}/jobs/{job}", "member"),
            entry("GET /inference/models", "viewer"),
            entry("GET /inference/v1/models", "viewer"),
            entry("GET /inference/models/{id}", "viewer"),
            entry("GET /inference/v1/models/{id}", "viewer"));

    /** They want the operator's token, and take no key of a person whatever its rank. */
    private static final String OPERATORS = "/v2/admin/";

    /** They ask for no key of a person: a grant in the path, a cookie, or nothing. */
    private static final List<String> NOT_FOR_PEOPLE = List.of(
            "PUT /v2/uploads/{token}", "POST /v2/auth/session", "DELETE /v2/auth/session", "GET /v2/auth/ways",
            "POST /telemetry/v3/api/sdk-events/cli", "GET /inference", "GET /inference/");

    private static Map<String, Api> callers;

    @BeforeAll
    static void makeKeys() {
        callers = PEOPLE.stream().collect(Collectors.toMap(role -> role, role -> PLATFORM.api(PLATFORM.keyOf("ranks", role, role))));
    }

    @Test
    void everyEndpointIsDecidedOn() {
        var documented = TwoTeamsTests.endpoints().keySet().stream()
                .filter(endpoint -> !endpoint.path().startsWith(OPERATORS))
                .map(RoleWalkTests::name)
                .toList();
        assertThat(documented).filteredOn(name -> !NOT_FOR_PEOPLE.contains(name)).containsExactlyInAnyOrderElementsOf(LEAST.keySet());
    }

    @Test
    void whatIsTheOperatorsTakesNoKeyOfAPerson() {
        var operators = TwoTeamsTests.endpoints().keySet().stream().filter(endpoint -> endpoint.path().startsWith(OPERATORS)).toList();
        assertThat(operators).hasSizeGreaterThan(12).allSatisfy(endpoint -> assertThat(callers.values()).allSatisfy(
                caller -> assertThat(caller.send(endpoint.method(), filled(endpoint.path()), "{}").status()).isIn(401, 403)));
    }

    @Test
    void whoeverRanksLowerIsRefusedWithWhatItTakesAndWhoeverDoesNotIsLetIn() {
        var softly = new SoftAssertions();
        TwoTeamsTests.endpoints().forEach((endpoint, operation) -> {
            var least = LEAST.get(name(endpoint));
            if (least == null) {
                return;
            }
            softly.assertThat(operation.path("x-admits").toString()).as(name(endpoint)).contains(least);
            for (var role : PEOPLE) {
                var answer = callers.get(role).send(endpoint.method(), filled(endpoint.path()), body(endpoint.path()));
                var called = "%s as %s: %s %s".formatted(name(endpoint), role, answer.status(), answer.text());
                if (PEOPLE.indexOf(role) < PEOPLE.indexOf(least)) {
                    softly.assertThat(answer.status()).as(called).isEqualTo(403);
                    softly.assertThat(answer.text()).as(called).contains("is " + role, "takes " + least);
                } else {
                    softly.assertThat(answer.status()).as(called).isNotIn(0, 401, 403, 500);
                }
            }
        });
        softly.assertAll();
    }

    /** An administrator's keys, each with one scope. */
    @Test
    void aKeyWithAScopeOpensThatAndIsRefusedEverywhereElseWithTheScopeThatIsMissing() {
        var administrator = PLATFORM.api(PLATFORM.keyOf("ranks", "administrator", "administrator"));
        var keys = SCOPES.stream().collect(Collectors.toMap(scope -> scope, scope -> PLATFORM.api(administrator
                .post("/v2/keys", Map.of("name", scope, "scopes", List.of(scope))).expect(201).body().get("key").stringValue())));
        var softly = new SoftAssertions();
        TwoTeamsTests.endpoints().keySet().stream().filter(endpoint -> LEAST.containsKey(name(endpoint))).forEach(endpoint -> keys.forEach((scope, key) -> {
            var answer = key.send(endpoint.method(), filled(endpoint.path()), body(endpoint.path()));
            var called = "%s with %s: %s %s".formatted(name(endpoint), scope, answer.status(), answer.text());
            var missing = missing(endpoint, scope);
            if (missing.isEmpty()) {
                softly.assertThat(answer.status()).as(called).isNotIn(0, 401, 403, 500);
            } else {
                softly.assertThat(answer.status()).as(called).isEqualTo(403);
                softly.assertThat(answer.text()).as(called).contains("scope '" + missing + "'");
            }
        }));
        softly.assertAll();
    }

    private static String missing(TwoTeamsTests.Endpoint endpoint, String scope) {
        var path = endpoint.path();
        var least = LEAST.get(name(endpoint));
        if (path.equals("/v2/auth/me")) {
            return "";
        }
        var needed = path.startsWith("/inference") ? "models"
                : path.startsWith("/telemetry") || path.startsWith("/otlp") || path.matches(".*/(enter|exit)") ? "telemetry"
                : endpoint.method().equals("GET") ? "read" : least.equals("administrator") ? "admin" : "write";
        var opens = scope.equals(needed) || scope.equals("admin") && needed.equals("write");
        if (opens) {
            return least.equals("administrator") && !scope.equals("admin") ? "admin" : "";
        }
        return needed.equals("admin") && !scope.equals("write") ? "write" : needed;
    }

    private static String name(TwoTeamsTests.Endpoint endpoint) {
        return endpoint.method() + " " + endpoint.path();
    }

    private static String filled(String path) {
        return path.replaceAll("\\{[^}]+}", UUID.randomUUID().toString());
    }

    private static String body(String path) {
        return path.endsWith("/telemetry-upload") ? "{\"telemetry\": []}" : "{}";
    }
}
