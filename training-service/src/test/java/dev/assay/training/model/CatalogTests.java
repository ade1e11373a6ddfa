// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.TeamId;
import dev.assay.testsupport.TestPlatformInitializer;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.Tokens;
import dev.assay.training.TrainingService;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.web.servlet.client.RestTestClient;
import tools.jackson.databind.JsonNode;

@SpringBootTest(
        classes = TrainingService.class,
        properties = "spring.config.name=training-service",
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ContextConfiguration(initializers = TestPlatformInitializer.class)
class CatalogTests {

    @LocalServerPort
    private int port;

    private final TeamId team = TeamId.random();
    private RestTestClient client;

    @BeforeEach
    void connect() {
        client = clientOf(Tokens.person(team, Role.ADMINISTRATOR));
    }

    @Test
    void aNewTeamSeesTheModelsOfTheConfiguration() {
        var page = get("/v2/models");

        assertThat(page.path("total").intValue()).isEqualTo(3);
        var first = page.path("items").path(0);
        assertThat(first.path("model_name").asString()).isEqualTo("scripted/letter-count");
        assertThat(first.path("name").asString()).isEqualTo("Letter count (scripted)");
        assertThat(first.path("provider").path("name").asString()).isEqualTo("scripted");
        assertThat(first.path("sdk_agent_type").asString()).isEqualTo("openai_compatible");
        assertThat(first.path("is_trainable").booleanValue()).isFalse();
        assertThat(first.path("created_at").asString()).endsWith("Z");
        assertThat(first.path("deprecated_at").isNull()).isTrue();
    }

    @Test
    void aTeamsOwnModelsComeFirstAndPagesAreExact() {
        create("{\"model_name\": \"acme/a\", \"provider\": \"acme\"}");
        create("{\"model_name\": \"acme/b\", \"provider\": \"acme\"}");

        assertThat(slugs(get("/v2/models"))).containsExactly("acme/a", "acme/b", "scripted/letter-count", "scripted/letter-count-java", "toy/base");
        var page = get("/v2/models?limit=2&offset=1");
        assertThat(slugs(page)).containsExactly("acme/b", "scripted/letter-count");
        assertThat(page.path("total").intValue()).isEqualTo(5);
        assertThat(get("/v2/models?limit=2&offset=9").path("items")).isEmpty();
    }

    @Test
    void aModelOfOneTeamIsNoneOfAnothers() {
        var id = create("{\"model_name\": \"acme/secret\", \"provider\": \"acme\"}").path("id").asString();
        var stranger = clientOf(Tokens.member(TeamId.random()));

        stranger.get().uri("/v2/models/" + id).exchange().expectStatus().isNotFound();
        stranger.get().uri("/v2/models/" + id + "/checkpoints").exchange().expectStatus().isNotFound();
        assertThat(get("/v2/models/" + id.replace("-", "").toUpperCase()).path("id").asString()).isEqualTo(id);
    }

    @Test
    void addingAModelTakesAnAdministratorBecauseTheOperatorPaysForItsCalls() {
        var body = "{\"model_name\": \"acme/costly\", \"provider\": \"acme\"}";
        client = clientOf(Tokens.member(team));
        assertThat(detail("/v2/models", body, 403)).contains("is member", "takes administrator");
        client = clientOf(Tokens.person(team, Role.VIEWER));
        assertThat(detail("/v2/models", body, 403)).contains("is viewer", "takes administrator");
        assertThat(detail("/v2/models/fork", "{}", 403)).contains("takes member");
        assertThat(get("/v2/models").path("total").intValue()).isEqualTo(3);
    }

    @Test
    void aModelThatClientsCouldNotReadIsRefused() {
        refused("{\"provider\": \"acme\"}", "model_name: required");
        refused("{\"model_name\": \" \", \"provider\": \"acme\"}", "model_name: required");
        refused("{\"model_name\": \"a b\", \"provider\": \"acme\"}", "model_name: may hold");
        refused("{\"model_name\": \"acme/x\"}", "provider: required");
        refused("{\"model_name\": \"acme/x\", \"provider\": \"acme\", \"sdk_agent_type\": \"operator\"}", "sdk_agent_type: must be one of");
        refused("{\"model_name\": \"acme/x\", \"provider\": 7}", "provider:");
        refused("{\"model_name\": \"acme/x\", \"provider\": \"acme\", \"name\": [1]}", "name:");
        refused("{\"model_name\"", "body: not valid JSON");
        assertThat(get("/v2/models").path("total").intValue()).isEqualTo(3);
    }

    @Test
    void aSlugOrNameThatIsTakenIsAConflict() {
        create("{\"model_name\": \"acme/x\", \"provider\": \"acme\", \"name\": \"X\"}");

        conflict("{\"model_name\": \"ACME/X\", \"provider\": \"acme\"}");
        conflict("{\"model_name\": \"acme/y\", \"provider\": \"acme\", \"name\": \"x\"}");
        conflict("{\"model_name\": \"scripted/letter-count\", \"provider\": \"acme\"}");
    }

    @Test
    void ofManyWhoWantOneNameAtOnceOneGetsIt() {
        var wishes = IntStream.range(0, 12)
                .mapToObj(i -> "{\"model_name\": \"acme/n" + i + "\", \"provider\": \"acme\", \"name\": \"" + (i % 2 == 0 ? "One Name" : " one name") + "\"}")
                .map(body -> CompletableFuture.supplyAsync(() -> client.post().uri("/v2/models").contentType(MediaType.APPLICATION_JSON)
                        .body(body).exchange().returnResult(JsonNode.class).getStatus().value()))
                .toList();
        assertThat(wishes.stream().map(CompletableFuture::join)).containsOnlyOnce(201).containsOnly(201, 409);
    }

    @Test
    void theGatewayLearnsWhoServesAModel() {
        create("{\"model_name\": \"acme/big\", \"provider\": \"acme\", \"name\": \"Big One\", \"upstream_model\": \"big-2026\"}");

        for (var typed : new String[] {"acme/big", "BIG", "big one"}) {
            var resolved = resolve(typed);
            assertThat(resolved.path("provider").asString()).isEqualTo("acme");
            assertThat(resolved.path("upstreamModel").asString()).isEqualTo("big-2026");
        }
        assertThat(resolve("letter-count").path("upstreamModel").asString()).isEqualTo("letter-count");
        assertThat(resolve("toy/base").path("provider").asString()).isEqualTo("trainer");
        assertThat(resolve("toy/base").path("upstreamModel").asString()).as("a trainer asks for its weights by id").isEqualTo(resolve("base").path("id").asString());
        clientOf(Tokens.service()).get().uri("/internal/models/resolve?team={team}&model=nothing", team)
                .exchange().expectStatus().isNotFound();
        client.get().uri("/internal/models/resolve?team={team}&model=acme/big", team).exchange().expectStatus().isNotFound();
    }

    @Test
    void whatUpstreamsOfferIsInTheCatalogBehindTheConfigurationsAndTheShortNamesFirst() {
        try {
            offer("openai, router", "\"router\": [" + offered("vendor/gpt-5", "vendor") + ", " + offered("scripted/letter-count", "thief") + "]");
            offer("openai, router", "\"openai\": [" + offered("gpt-5", "openai") + "]");
            assertThat(slugs(get("/v2/models"))).as("a list that could not be had takes nothing away, and the configuration wins")
                    .containsExactly("scripted/letter-count", "scripted/letter-count-java", "toy/base", "gpt-5", "vendor/gpt-5");
            assertThat(resolve("scripted/letter-count").path("provider").asString()).isEqualTo("scripted");
            assertThat(resolve("gpt-5").path("provider").asString()).isEqualTo("openai");
            assertThat(resolve("vendor/gpt-5").path("provider").asString()).as("who serves it").isEqualTo("router");
            var listed = get("/v2/models").path("items").path(4);
            assertThat(listed.path("provider").path("name").asString()).as("who made it").isEqualTo("vendor");
            assertThat(listed.path("released_at").asString()).isEqualTo("2026-02-17T00:00:00Z");
            var id = listed.path("id").asString();

            offer("openai, router", "\"router\": [" + offered("vendor/gpt-5", "vendor") + ", " + offered("a b", "x") + ", " + offered("", "x") + "]");
            assertThat(get("/v2/models").path("total").intValue()).as("what clients could not read stays out").isEqualTo(5);
            assertThat(resolve("vendor/gpt-5").path("id").asString()).as("ids stay").isEqualTo(id);
            offer("router", "\"router\": []");
            assertThat(get("/v2/models").path("total").intValue()).as("neither an upstream that left nor an empty list leaves anything").isEqualTo(3);
        } finally {
            offer("", "");
        }
    }

    @Test
    void aTeamsOwnModelWinsOverAnOfferedOne() {
        try {
            create("{\"model_name\": \"shared-name\", \"provider\": \"acme\"}");
            offer("openai", "\"openai\": [" + offered("shared-name", "openai") + "]");
            assertThat(resolve("shared-name").path("provider").asString()).isEqualTo("acme");
        } finally {
            offer("", "");
        }
    }

    @Test
    void whatATeamsOwnUpstreamOffersIsInItsCatalogAloneAndBeforeEverybodys() {
        try {
            offer("openai", "\"openai\": [" + offered("both-have", "openai") + "]");
            offer(team, "mine", "\"mine\": [" + offered("both-have", "openai") + ", " + offered("only-mine", "openai") + "]");
            assertThat(resolve("both-have").path("provider").asString()).isEqualTo("mine");
            assertThat(resolve("only-mine").path("provider").asString()).isEqualTo("mine");
            assertThat(get("/v2/models?limit=1000").path("items").valueStream().map(item -> item.path("model_name").asString())
                    .filter(List.of("both-have", "only-mine")::contains)).containsExactlyInAnyOrder("both-have", "only-mine");
            var other = TeamId.random();
            assertThat(resolvedFor(other, "both-have").path("provider").asString()).isEqualTo("openai");
            assertThat(resolvedFor(other, "only-mine").path("near").isArray()).as("nobody else's").isTrue();
            offer(other, "mine", "\"mine\": [" + offered("only-mine", "openai") + "]");
            assertThat(resolvedFor(other, "only-mine").path("id")).isNotEqualTo(resolve("only-mine").path("id"));
            offer(team, "", "");
            assertThat(resolve("both-have").path("provider").asString()).isEqualTo("openai");
            assertThat(resolvedFor(other, "only-mine").path("provider").asString()).as("another team's stay").isEqualTo("mine");
            offer(other, "", "");
        } finally {
            offer(team, "", "");
            offer("", "");
        }
    }

    @Test
    void whatAnUpstreamForAWhileOffersHidesNothingWhicheverCameFirst() {
        var passing = "\"vendor\": [" + offered("vendor/same", "x") + ", " + offered("vendor/part", "x") + ", "
                + offered("vendor/late", "x") + "]";
        try {
            offer("router", "\"router\": [" + offered("vendor/same", "vendor") + ", " + offered("long/part", "long") + "]");
            offer(team, "vendor", "\"vendor\"", passing);
            assertThat(resolve("vendor/late").path("provider").asString()).isEqualTo("vendor");
            assertThat(resolve("vendor/same").path("provider").asString()).as("the same slug").isEqualTo("router");
            assertThat(resolve("part").path("provider").asString()).as("a slug's last part").isEqualTo("router");
            assertThat(slugs(get("/v2/models?limit=1000"))).as("last, and each slug once")
                    .endsWith("long/part", "vendor/part", "vendor/late").containsOnlyOnce("vendor/same");

            offer("router", "\"router\": [" + offered("vendor/late", "vendor") + "]");
            assertThat(resolve("vendor/late").path("provider").asString()).as("that came later").isEqualTo("router");
            offer(team, "vendor, mine", "\"vendor\"", passing + ", \"mine\": [" + offered("vendor/part", "mine") + "]");
            offer(team, "vendor, mine", "\"vendor\"", passing);
            assertThat(resolve("vendor/part").path("provider").asString()).as("that of the team's own").isEqualTo("mine");
        } finally {
            offer(team, "", "");
            offer("", "");
        }
    }

    private JsonNode resolvedFor(TeamId who, String model) {
        return clientOf(Tokens.service()).get().uri("/internal/models/resolve?team={team}&model={model}", who, model)
                .exchange().returnResult(JsonNode.class).getResponseBody();
    }

    @Test
    void onlyServicesTellWhatIsOffered() {
        client.put().uri("/internal/models/offered").contentType(MediaType.APPLICATION_JSON)
                .body("{\"upstreams\": [], \"passing\": [], \"models\": {}}")
                .exchange().expectStatus().isNotFound();
    }

    @Test
    void whatIsNotThereIsAnsweredWithWhatIsNearIt() {
        var answer = clientOf(Tokens.service()).get().uri("/internal/models/resolve?team={team}&model=leter-count", team)
                .exchange().expectStatus().isNotFound().returnResult(JsonNode.class).getResponseBody();
        assertThat(answer.path("near").path(0).asString()).isEqualTo("scripted/letter-count");
    }

    private static String offered(String slug, String vendor) {
        return """
                {"modelName": "%s", "provider": "%s", "agentType": "openai_compatible", "upstreamModel": "m", "releasedAt": "2026-02-17T00:00:00Z"}"""
                .formatted(slug, vendor);
    }

    private void offer(String upstreams, String models) {
        offer(null, upstreams, models);
    }

    private void offer(@Nullable TeamId whose, String upstreams, String models) {
        offer(whose, upstreams, "", models);
    }

    private void offer(@Nullable TeamId whose, String upstreams, String passing, String models) {
        var names = java.util.Arrays.stream(upstreams.split(", ")).filter(name -> !name.isEmpty()).map(name -> '"' + name + '"').toList();
        clientOf(Tokens.service()).put().uri("/internal/models/offered").contentType(MediaType.APPLICATION_JSON)
                .body("{\"team\": " + (whose == null ? null : "\"" + whose + "\"") + ", \"upstreams\": " + names + ", \"passing\": ["
                        + passing + "], \"models\": {" + models + "}}")
                .exchange().expectStatus().isNoContent();
    }

    @Test
    void whatNobodyTrainsIsNotForked() {
        var id = get("/v2/models").path("items").path(0).path("id").asString();

        assertThat(get("/v2/models/" + id + "/checkpoints").isArray()).isTrue();
        var fork = "{\"source_model_id\": \"" + id + "\", \"name\": \"mine\"}";
        assertThat(detail("/v2/models/fork", fork, 400)).contains("no trainer of this platform has its weights");
        assertThat(detail("/v2/models/fork", "{\"source_model_id\": \"" + ModelId.random() + "\", \"name\": \"mine\"}", 404))
                .contains("There is no model");
        assertThat(detail("/v2/models/fork", "{\"source_model_id\": \"x\", \"name\": \"mine\"}", 400)).startsWith("source_model_id:");
        assertThat(detail("/v2/models/fork", "{\"source_model_id\": \"" + id + "\"}", 400)).startsWith("name:");
        client.put().uri("/v2/models/" + id + "/head").contentType(MediaType.APPLICATION_JSON).body("{}").exchange().expectStatus().isForbidden();
        client.get().uri("/v2/models/" + ModelId.random()).exchange().expectStatus().isNotFound();
        client.get().uri("/v2/models/nonsense").exchange().expectStatus().isBadRequest();
    }

    @Test
    void nothingIsEnteredThatATrainerServes() {
        refused("{\"model_name\": \"acme/theirs\", \"provider\": \"Trainer\", \"upstream_model\": \"" + ModelId.random() + "\"}", "provider:");
    }

    @Test
    void everyEndpointIsDocumented() {
        client = clientOf(Tokens.service());
        var paths = get("/v3/api-docs").path("paths");

        assertThat(paths.propertyNames()).contains("/v2/models", "/v2/models/{id}").doesNotContain("/internal/models/resolve");
    }

    private JsonNode get(String path) {
        return client.get().uri(path).exchange().expectStatus().isOk().returnResult(JsonNode.class).getResponseBody();
    }

    private JsonNode resolve(String typed) {
        return clientOf(Tokens.service())
                .get()
                .uri("/internal/models/resolve?team={team}&model={model}", team, typed)
                .exchange()
                .expectStatus()
                .isOk()
                .returnResult(JsonNode.class)
                .getResponseBody();
    }

    private JsonNode create(String body) {
        return client.post().uri("/v2/models").contentType(MediaType.APPLICATION_JSON).body(body)
                .exchange().expectStatus().isCreated().returnResult(JsonNode.class).getResponseBody();
    }

    private void refused(String body, String detail) {
        assertThat(detail("/v2/models", body, 400)).startsWith(detail);
    }

    private void conflict(String body) {
        assertThat(detail("/v2/models", body, 409)).startsWith("model_name:");
    }

    private String detail(String path, String body, int status) {
        return client.post().uri(path).contentType(MediaType.APPLICATION_JSON).body(body)
                .exchange().expectStatus().isEqualTo(status).returnResult(JsonNode.class).getResponseBody().path("detail").asString();
    }

    private static java.util.List<String> slugs(JsonNode page) {
        return page.path("items").valueStream().map(item -> item.path("model_name").asString()).toList();
    }

    private RestTestClient clientOf(String authorization) {
        return RestTestClient.bindToServer().baseUrl("http://127.0.0.1:" + port).defaultHeader(HttpHeaders.AUTHORIZATION, authorization).build();
    }
}
