// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.gateway.Client;
import dev.assay.gateway.FakeService;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.gateway.call.Ask;
import dev.assay.gateway.call.AskFailure;
import dev.assay.gateway.call.Exchange;
import dev.assay.gateway.call.Tally;
import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.Operation;
import dev.assay.gateway.dialect.Route;
import dev.assay.gateway.routing.Addresses;
import dev.assay.gateway.wire.Connections;
import dev.assay.gateway.wire.HttpUpstream;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import dev.assay.kit.sealing.SecretBox;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Upstreams that a team enters for itself. */
@GatewayTest
class TeamUpstreamsTests {

    private static final String SECRET = "sk-of-the-team-0123456789";
    private static final BreakerSettings CALM = new BreakerSettings(100, 100, 50, Duration.ofHours(1), 1);
    private static final String COMPLETION = """
            {"id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": "big-1", "choices": [{"index": 0,
            "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 9, "completion_tokens": 1}}""";

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    EnteredUpstreamStore store;

    @Autowired
    SecretBox secrets;

    @Autowired
    InternalRest rest;

    private final String team = "team " + UUID.randomUUID();
    private Client owner;

    /** For tests of what has none. */
    static EnteredUpstreams none() {
        var empty = new EnteredUpstreamStore(null) {
            @Override
            List<EnteredUpstream> of(TeamId team) {
                return List.of();
            }
        };
        return new EnteredUpstreams(empty, null, CALM, null, nowhere(), false);
    }

    /** To any address. */
    static Connections connections() {
        return Connections.resolving(new PublicNames(nowhere(), true));
    }

    private static OwnAddresses nowhere() {
        var nobody = "http://127.0.0.1:1";
        return new OwnAddresses(new Addresses(nobody, nobody, nobody, nobody, nobody), nobody, "");
    }

    @BeforeEach
    void start() {
        FakeServices.reset();
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "11111111-1111-4111-8111-111111111111", "modelName": "acme/big", "provider": "mine", "upstreamModel": "big-1"}""");
        FakeServices.PROVIDER.on("POST /own/chat/completions", 200, COMPLETION);
        owner = new Client(port).ofTeam(team);
    }

    private String enter(String members) {
        var answer = owner.post("/v2/upstreams", "{\"name\": \"mine\", \"base_url\": \"" + FakeServices.PROVIDER.url() + "/own\"" + members + "}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json().path("id").asString();
    }

    private Client.Answer change(String id, String body) {
        return owner.send("PATCH", "/v2/upstreams/" + id, BodyPublishers.ofString(body), "Content-Type", "application/json");
    }

    private Client.Answer call(Client client) {
        return client.post("/inference/chat/completions", "{\"model\": \"acme/big\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}");
    }

    @Test
    void aTeamsModelsAreAskedThereWithItsOwnCredential() {
        assertThat(call(owner).status()).as("nobody knows it yet").isEqualTo(503);
        enter(", \"credential\": \"" + SECRET + "\"");
        var answer = call(owner);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(FakeServices.PROVIDER.last().header("Authorization")).isEqualTo("Bearer " + SECRET);
        assertThat(call(new Client(port).ofTeam("others " + UUID.randomUUID())).status()).as("it is no other team's").isEqualTo(503);
    }

    @Test
    void aCredentialIsSealedAtRestAndNeverShown() {
        var id = enter(", \"credential\": \"" + SECRET + "\"");
        var row = jdbc.sql("select upstreams::text from upstreams where id = :id").param("id", UUID.fromString(id)).query(String.class).single();
        assertThat(row).doesNotContain(SECRET).contains("…6789");
        for (var path : List.of("/v2/upstreams", "/v2/upstreams/" + id)) {
            assertThat(owner.get(path).text()).doesNotContain(SECRET).contains("\"credential_hint\":\"…6789\"");
        }
        assertThat(owner.get("/v2/upstreams/" + id).json().path("health").path("state").asString()).isEqualTo("closed");
    }

    @Test
    void aCredentialGoesNowhereButWhereItWasEnteredFor() {
        var id = enter(", \"credential\": \"" + SECRET + "\"");
        for (var other : List.of("\"base_url\": \"https://evil.example\"", "\"preset\": \"openai\"", "\"region\": \"eu\"")) {
            var answer = change(id, "{" + other + "}");
            assertThat(answer.status()).as(other + answer.text()).isEqualTo(400);
            assertThat(answer.detail()).startsWith("credential: ");
        }
        assertThat(change(id, "{\"base_url\": \"https://other.example\", \"credential\": \"sk-for-there\"}").status()).isEqualTo(200);
        assertThat(change(id, "{\"name\": \"renamed\", \"base_url\": \"https://other.example\"}").status()).as("the same place").isEqualTo(200);
    }

    @Test
    void aChangeIsTakenUpAtOnceHereAndSoonByAnotherReplica() {
        var id = enter(", \"credential\": \"" + SECRET + "\"");
        assertThat(call(owner).status()).isEqualTo(200);
        var replica = new EnteredUpstreams(store, secrets, CALM, null, nowhere(), true);
        var ours = us();
        assertThat(replica.named(ours, "MINE").orElseThrow().settings().apiKey()).isEqualTo(SECRET);

        assertThat(change(id, "{\"credential\": \"sk-newer\"}").status()).isEqualTo(200);
        assertThat(call(owner).status()).isEqualTo(200);
        assertThat(FakeServices.PROVIDER.last().header("Authorization")).isEqualTo("Bearer sk-newer");
        await().untilAsserted(() -> assertThat(replica.named(ours, "mine").orElseThrow().settings().apiKey()).isEqualTo("sk-newer"));

        assertThat(change(id, "{\"enabled\": false}").json().path("health").path("state").asString()).isEqualTo("unknown");
        assertThat(call(owner).status()).isEqualTo(503);
        assertThat(owner.delete("/v2/upstreams/" + id).status()).isEqualTo(204);
        assertThat(owner.get("/v2/upstreams/" + id).status()).isEqualTo(404);
        await().untilAsserted(() -> assertThat(replica.named(ours, "mine")).isEmpty());
    }

    @Test
    void anUpstreamOfATeamHidesEverybodysEvenWhereItCannotBeAsked() {
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "11111111-1111-4111-8111-111111111111", "modelName": "acme/big", "provider": "provider", "upstreamModel": "big-1"}""");
        FakeServices.PROVIDER.on("POST /v1/chat/completions", 200, COMPLETION);
        assertThat(call(owner).status()).as("everybody's").isEqualTo(200);
        var everybodys = FakeServices.PROVIDER.seen.size();
        var entered = owner.post("/v2/upstreams", "{\"name\": \"Provider\", \"preset\": \"openai\", \"credential\": \"sk-1\", \"enabled\": false}");
        var off = call(owner);
        assertThat(off.status()).isEqualTo(503);
        assertThat(off.text()).contains("is switched off");
        var id = entered.json().path("id").asString();
        jdbc.sql("update upstreams set enabled = true, credential = 'lost-key:AAAA', version = version + 1 where id = :id")
                .param("id", UUID.fromString(id)).update();
        await().untilAsserted(() -> assertThat(call(owner).text()).contains("entered anew"));
        assertThat(owner.get("/v2/upstreams/" + id).json().path("health").path("state").asString()).isEqualTo("unknown");
        assertThat(FakeServices.PROVIDER.seen).as("nothing went out on the platform's account").hasSize(everybodys);
    }

    @Test
    void nobodyReadsInAnUpstreamsHealthWhatOthersSentToIt() {
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "11111111-1111-4111-8111-111111111111", "modelName": "acme/big", "provider": "provider", "upstreamModel": "big-1"}""");
        for (var status : List.of(400, 500)) {
            FakeServices.PROVIDER.on("POST /v1/chat/completions", status, "{\"error\": {\"message\": \"no good: private-words\"}}");
            assertThat(call(owner).text()).contains("private-words");
        }
        var seen = new Client(port).ofTeam("others " + UUID.randomUUID()).get("/v2/upstreams").text();
        assertThat(seen).doesNotContain("private-words").contains("\"last_error\":\"refused (500)\"");
    }

    @Test
    void whatATeamsUpstreamListsIsToldOfThatTeamAlone() throws Exception {
        FakeServices.TRAINING.on("PUT /internal/models/offered", 204, "");
        FakeServices.PROVIDER.on("GET /own/models", 200, "{\"data\": [{\"id\": \"big-1\"}]}");
        var id = enter(", \"credential\": \"" + SECRET + "\", \"lists\": true");
        var replica = new EnteredUpstreams(store, secrets, CALM, null, nowhere(), true);
        var offers = new TeamOffers(
                replica, new Looks(Clock.systemUTC()), new OfferSettings(Duration.ofHours(1)), new ToldOffers(rest, FakeServices.TRAINING.url()));
        offers.look();
        assertThat(told().path("upstreams").toString()).isEqualTo("[\"mine\"]");
        assertThat(told().path("models").path("mine").path(0).path("modelName").asString()).isEqualTo("mine/big-1");
        assertThat(FakeServices.PROVIDER.last().header("Authorization")).isEqualTo("Bearer " + SECRET);
        var lists = FakeServices.PROVIDER.seen.size();
        offers.look();
        assertThat(FakeServices.PROVIDER.seen).as("nobody is asked before it is time").hasSize(lists);

        FakeServices.PROVIDER.on("GET /own/models", 500, "{}");
        replica.of(us()).forEach(new Looks(Clock.systemUTC())::list);
        offers.look();
        assertThat(told().path("models").path("mine").size()).as("the last good list stays").isEqualTo(1);

        owner.delete("/v2/upstreams/" + id);
        await().untilAsserted(() -> {
            offers.look();
            assertThat(told().path("upstreams").isEmpty()).isTrue();
        });
        replica.destroy();
    }

    private TeamId us() {
        return new TeamId(UUID.fromString(owner.get("/v2/auth/me").json().path("team_id").asString()));
    }

    private JsonNode told() {
        return FakeServices.TRAINING.seen.stream()
                .filter(seen -> seen.uri().endsWith("/offered"))
                .map(seen -> JsonMapper.shared().readTree(seen.text()))
                .filter(told -> told.path("team").asString("").equals(us().toString()))
                .reduce((before, last) -> last)
                .orElseThrow();
    }

    @Test
    void aModelGoesWhereTheTeamsTargetsSayAndToTheNextIfOneDoesNotAnswer() {
        enter("");
        var dead = target("{\"model_name\": \"ACME/Big\", \"upstream\": \"dead\"}");
        assertThat(call(owner).status()).as("nothing listens there").isEqualTo(503);
        target("{\"model_name\": \"acme/big\", \"upstream\": \"mine\", \"upstream_model\": \"big-2\", \"priority\": 1}");
        var answer = call(owner);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.header("x-hud-attempts")).isEqualTo("2");
        assertThat(FakeServices.PROVIDER.last().text()).contains("\"big-2\"");
        assertThat(owner.get("/v2/targets").json().path("total").asInt()).isEqualTo(2);
        var others = new Client(port).ofTeam("others " + UUID.randomUUID());
        assertThat(others.get("/v2/targets").json().path("total").asInt()).isZero();
        assertThat(others.delete("/v2/targets/" + dead).status()).isEqualTo(404);
        assertThat(owner.delete("/v2/targets/" + dead).status()).isEqualTo(204);
        assertThat(call(owner).header("x-hud-attempts")).isEqualTo("1");
    }

    @Test
    void aTargetIsChangedInItsPlaceAndWhatIsLeftOutStays() {
        var path = "/v2/targets/" + target("{\"model_name\": \"m\", \"upstream\": \"u\", \"upstream_model\": \"m-2\", \"weight\": 3}");
        target("{\"model_name\": \"m\", \"upstream\": \"v\"}");
        var changed = changed(path, "{\"priority\": 2}");
        assertThat(changed.status()).as(changed.text()).isEqualTo(200);
        assertThat(owner.get("/v2/targets").json().path("items").valueStream().map(JsonNode::toString))
                .contains(changed.text())
                .anySatisfy(one -> assertThat(one).contains("\"upstream_model\":\"m-2\"", "\"weight\":3", "\"priority\":2"));
        assertThat(changed(path, "{\"weight\": 1001}").detail()).startsWith("weight: ");
        assertThat(changed(path, "{\"upstream\": \"\"}").detail()).startsWith("upstream: ");
        assertThat(changed(path, "{\"upstream\": \"V\", \"upstream_model\": \"\"}").status()).isEqualTo(409);
        assertThat(changed(path, "{\"upstream_model\": \"\"}").json().path("upstream_model").isNull()).isTrue();
        assertThat(changed("/v2/targets/" + UUID.randomUUID(), "{}").status()).isEqualTo(404);
        var others = new Client(port).ofTeam("others " + UUID.randomUUID());
        assertThat(others.send("PATCH", path, BodyPublishers.ofString("{}"), "Content-Type", "application/json").status()).isEqualTo(404);
        assertThat(owner.get("/v2/audit?action=target.change").text()).contains("\"weight\"", "target.change");
    }

    private Client.Answer changed(String path, String body) {
        return owner.send("PATCH", path, BodyPublishers.ofString(body), "Content-Type", "application/json");
    }

    private String target(String body) {
        var answer = owner.post("/v2/targets", body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json().path("id").asString();
    }

    @Test
    void aTargetThatCannotBeIsRefusedByTheNameOfItsField() {
        for (var bad : List.of("{}", "{\"model_name\": \"m\"}", "{\"model_name\": \"m\", \"upstream\": \"u\", \"weight\": -1}",
                "{\"model_name\": \"m\", \"upstream\": \"u\", \"priority\": 1001}", "{\"model_name\": \"a b\", \"upstream\": \"u\"}")) {
            var answer = owner.post("/v2/targets", bad);
            assertThat(answer.status()).as(bad).isEqualTo(400);
            assertThat(answer.detail()).matches("(model_name|upstream|weight|priority): .+");
        }
        target("{\"model_name\": \"m\", \"upstream\": \"u\"}");
        assertThat(owner.post("/v2/targets", "{\"model_name\": \"M\", \"upstream\": \"U\"}").status()).isEqualTo(409);
    }

    @Test
    void whatCannotBeIsRefusedByTheNameOfItsField() {
        refused("{}", "name: required");
        refused("{\"name\": \"a b\"}", "name: has to be");
        refused("{\"name\": \"x\"}", "base_url: the preset openai-compatible has none");
        refused("{\"name\": \"x\", \"preset\": \"nobody\"}", "preset: must be one of");
        refused("{\"name\": \"x\", \"preset\": \"bedrock\"}", "region: the preset bedrock needs one");
        refused("{\"name\": \"x\", \"preset\": \"bedrock\", \"region\": \"x.evil.example/\"}", "region: has to be");
        refused("{\"name\": \"x\", \"base_url\": \"ftp://host\"}", "base_url: has to be");
        refused("{\"name\": \"x\", \"base_url\": \"https://user:pass@host\"}", "base_url: has to be");
        refused("{\"name\": \"x\", \"preset\": \"openai\", \"credential\": \"a\\r\\nX-Evil: 1\"}", "credential: may hold");
        enter("");
        assertThat(owner.post("/v2/upstreams", "{\"name\": \"MINE\", \"preset\": \"openai\"}").status()).isEqualTo(409);
        assertThat(owner.get("/v2/upstreams/nonsense").status()).isEqualTo(400);
    }

    private void refused(String body, String detail) {
        var answer = owner.post("/v2/upstreams", body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.detail()).startsWith(detail);
    }

    @Test
    void whereTheOperatorDoesNotAllowMoreAnAddressHasToBeHttps() {
        for (var base : new String[] {"http://example.org", "HTTP://example.org"}) {
            var settings = new EnteredUpstream(UUID.randomUUID(), TeamId.random(), "x", Presets.COMPATIBLE, base, null, null, null, List.of(), null,
                    Limits.NONE, true, Instant.EPOCH, Instant.EPOCH, null, 0);
            assertThatThrownBy(() -> UpstreamForm.check(settings, false)).isInstanceOf(Problem.class).hasMessageContaining("https://");
            UpstreamForm.check(settings, true);
        }
    }

    @Test
    void aTeamsUpstreamIsNotConnectedToOnAnAddressThatIsNotThePublics() throws Exception {
        try (var inside = new FakeService()) {
            for (var host : List.of("127.0.0.1", "localhost")) {
                var at = inside.url().replace("127.0.0.1", host);
                assertThatThrownBy(() -> ask(at, false)).isInstanceOfSatisfying(AskFailure.class,
                        e -> assertThat(e.kind()).isEqualTo(AskFailure.Kind.UNREACHABLE));
            }
            assertThat(inside.seen).isEmpty();
            ask(inside.url(), true);
            assertThat(inside.seen).as("where the operator allows it").hasSize(1);
        }
        for (var host : List.of("127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "0.0.0.0", "::1", "fd00::1", "::ffff:127.0.0.1", "100.64.0.1")) {
            assertThatThrownBy(() -> new PublicNames(nowhere(), false).resolve(host)).as(host).isInstanceOf(UnknownHostException.class);
        }
        assertThat(new PublicNames(nowhere(), false).resolve("8.8.8.8")).hasSize(1);
    }

    @Test
    void everyWayToSpellAnInnerAddressIsTheSameAddress() throws Exception {
        try (var inside = new FakeService()) {
            var port = inside.url().substring(inside.url().lastIndexOf(':'));
            for (var host : List.of("2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]",
                    "localhost.", "LOCALHOST", "[64:ff9b::7f00:1]", "[fe80::1]")) {
                assertThatThrownBy(() -> ask("http://" + host + port, false)).as(host).isInstanceOfAny(AskFailure.class, IllegalArgumentException.class);
            }
            assertThat(inside.seen).isEmpty();
        }
    }

    @Test
    void noTeamIsSentToThisPlatformItselfWhateverItsAddress() {
        var own = new OwnAddresses(
                new Addresses("http://8.8.4.4:7301", "http://jobs.example:7302", "http://g:1", "http://t:1", "http://r:1/"),
                "http://trainer.example:7307", "https://Assay.Example/base");
        var names = new PublicNames(own, false);
        for (var host : List.of("assay.example", "ASSAY.EXAMPLE.", "jobs.example", "trainer.example", "8.8.4.4")) {
            assertThatThrownBy(() -> names.resolve(host)).as(host).isInstanceOf(UnknownHostException.class).hasMessageContaining("this platform");
        }
        assertThat(own.isOurs(address("8.8.4.4"))).as("by another name").isTrue();
        assertThat(own.isOurs(address("8.8.8.8"))).isFalse();
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aRedirectionIsNotFollowed() {
        FakeServices.PROVIDER.on("POST /own/chat/completions", (exchange, seen) -> {
            exchange.getResponseHeaders().add("Location", FakeServices.TRACE.url() + "/inside");
            FakeService.send(exchange, 302, "{}");
        });
        enter("");
        assertThat(call(owner).status()).isEqualTo(502);
        assertThat(FakeServices.TRACE.seen).isEmpty();
    }

    @Test
    void gatewaysThatPointAtEachOtherAreFoundOut() {
        enter("");
        assertThat(call(owner).status()).isEqualTo(200);
        assertThat(FakeServices.PROVIDER.last().header("x-assay-hops")).isEqualTo("1");
        var asked = FakeServices.PROVIDER.seen.size();
        for (var hops : List.of("3", "99999", "x")) {
            var answer = owner.send("POST", "/inference/chat/completions", BodyPublishers.ofString(
                    "{\"model\": \"acme/big\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}"), "x-assay-hops", hops);
            assertThat(answer.status()).as(hops).isEqualTo(508);
        }
        assertThat(FakeServices.PROVIDER.seen).hasSize(asked);
    }

    @Test
    void aLoopThroughThisGatewayEnds() {
        enter("");
        var key = owner.headers()[1].substring("Bearer ".length());
        var answer = owner.post("/v2/upstreams", "{\"name\": \"loop\", \"base_url\": \"http://127.0.0.1:" + port + "/inference\", \"credential\": \"" + key + "\"}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "11111111-1111-4111-8111-111111111111", "modelName": "acme/big", "provider": "loop", "upstreamModel": "acme/big"}""");
        assertThat(call(owner).status()).isEqualTo(508);
    }

    private static void ask(String baseUrl, boolean anywhere) throws Exception {
        var settings = new UpstreamSettings("x", Presets.COMPATIBLE, baseUrl, "", null, List.of(), false);
        var connections = Connections.resolving(new PublicNames(nowhere(), anywhere));
        try {
            var route = new Route(Dialect.CHAT, Operation.GENERATE, null, false);
            var caller = new Caller(TeamId.random(), new UserId(UUID.randomUUID()), Role.MEMBER);
            var call = new Exchange(UUID.randomUUID(), route, Fields.NONE, caller, null, null, new Tally());
            var ask = new Ask(Dialect.CHAT, Operation.GENERATE, "m", false, Body.Spliced.whole(new byte[] {'{', '}'}), Fields.NONE, call);
            new HttpUpstream("x", new UpstreamAddress(settings), settings::speaks, connections).ask(ask).close();
        } finally {
            connections.destroy();
        }
    }
}
