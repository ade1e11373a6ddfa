// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.internal.OfferedModels;
import dev.assay.gateway.FakeService;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.gateway.call.AskFailure;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.wire.Connections;
import dev.assay.kit.rest.InternalRest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.env.MockEnvironment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Upstreams are asked what they serve, and the catalog is told. */
@GatewayTest
class OffersTests {

    private static final String LIST = "{\"data\": [{\"id\": \"m-1\"}, {\"id\": \"m-2\"}]}";
    private static final String TOLD = "PUT /internal/models/offered";

    @Autowired
    InternalRest rest;

    private final FakeService good = new FakeService();
    private final FakeService bad = new FakeService();
    private final Connections connections = TeamUpstreamsTests.connections();
    private Upstreams upstreams;
    private Offers offers;

    @BeforeEach
    void start() {
        FakeServices.reset();
        FakeServices.TRAINING.on(TOLD, 204, "");
        good.on("GET /v1/models", 200, LIST);
        bad.on("GET /v1/models", 500, "{}");
        var environment = new MockEnvironment()
                .withProperty("ASSAY_OPENAI_API_KEY", "sk-1")
                .withProperty("ASSAY_OPENAI_BASE_URL", good.url() + "/v1")
                .withProperty("ASSAY_GROQ_API_KEY", "gsk-1")
                .withProperty("ASSAY_GROQ_BASE_URL", bad.url() + "/v1");
        upstreams = new Upstreams(
                List.of(), new ConfiguredUpstreams(List.of()), environment,
                new BreakerSettings(10, 10, 50, Duration.ofHours(1), 1), connections, TeamUpstreamsTests.none(), new SimpleMeterRegistry());
        offers = offers(Duration.ofHours(1), Duration.ofSeconds(10));
    }

    private Offers offers(Duration every, Duration patience) {
        var told = new ToldOffers(rest, FakeServices.TRAINING.url());
        return new Offers(upstreams, new Looks(Clock.systemUTC(), patience), new OfferSettings(every), told);
    }

    private @Nullable String errorOf(String upstream) {
        return upstreams.everybodys(upstream).listing().look().error();
    }

    @AfterEach
    void stop() throws Exception {
        connections.destroy();
        good.close();
        bad.close();
    }

    private static JsonNode told() {
        return JsonMapper.shared().readTree(FakeServices.TRAINING.last().text());
    }

    @Test
    void whatCanBeHadIsToldAndWhoFailedIsNotToldAsEmpty() {
        offers.look();
        assertThat(good.last().header("Authorization")).isEqualTo("Bearer sk-1");
        assertThat(told().path("upstreams").valueStream().map(JsonNode::asString)).containsExactlyInAnyOrder("openai", "groq");
        assertThat(told().path("models").propertyNames()).containsExactly("openai");
        assertThat(told().path("models").path("openai").valueStream().map(model -> model.path("modelName").asString()))
                .containsExactly("m-1", "m-2");
        assertThat(errorOf("openai")).isNull();
        assertThat(errorOf("groq")).contains("500");
    }

    @Test
    void theLastGoodListIsKept() {
        bad.on("GET /v1/models", 200, LIST);
        offers = offers(Duration.ZERO, Duration.ofSeconds(10));
        offers.look();
        bad.on("GET /v1/models", 200, "{\"error\": \"no\"}");
        offers.look();
        assertThat(FakeServices.TRAINING.seen).hasSize(2);
        assertThat(told().path("models").propertyNames()).contains("groq");
    }

    @Test
    void anUpstreamWhoseListTricklesHoldsNobodyUp() {
        bad.on("GET /v1/models", (exchange, seen) -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("{\"data\": [".getBytes(StandardCharsets.US_ASCII));
            exchange.getResponseBody().flush();
            try {
                new CountDownLatch(1).await(); // it never goes on
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        offers = offers(Duration.ofHours(1), Duration.ofSeconds(5));
        offers.look();
        assertThat(told().path("models").propertyNames()).containsExactly("openai");
        assertThat(errorOf("groq")).contains("did not come within");
    }

    @Test
    void nothingNewIsToldOnce() {
        bad.on("GET /v1/models", 200, LIST);
        offers.look();
        offers.look();
        assertThat(FakeServices.TRAINING.seen).hasSize(1);
        assertThat(good.seen).as("nor is anybody asked before it is time").hasSize(1);
    }

    @Test
    void aCatalogThatDoesNotHearIsToldAgain() {
        FakeServices.TRAINING.on(TOLD, 503, "{}");
        offers.look();
        FakeServices.TRAINING.on(TOLD, 204, "");
        offers.look();
        assertThat(FakeServices.TRAINING.seen).hasSize(2);
        assertThat(told().path("models").propertyNames()).containsExactly("openai");
    }

    @Test
    void anUpstreamThatIsLeftAloneIsLookedAtAndLetInAgainOnceItAnswers() throws Exception {
        offers.look();
        var breaker = upstreams.everybodys("openai").breaker();
        for (int i = 0; i < 10; i++) {
            breaker.admit();
            try {
                breaker.run(() -> {
                    throw new AskFailure(
                            AskFailure.Kind.UNREACHABLE, ModelError.of(503, "no"), null);
                });
            } catch (AskFailure e) {
                // as told
            }
        }
        good.on("GET /v1/models", 500, "{}");
        offers.look();
        assertThat(breaker.state()).isEqualTo(Breaker.State.OPEN);
        good.on("GET /v1/models", 200, LIST);
        offers.look();
        assertThat(breaker.state()).isEqualTo(Breaker.State.HALF_OPEN);
    }

    @Test
    void aListOfSeveralPagesIsReadToItsEnd() {
        pages("ANTHROPIC", "GET /v1/models", "after_id=m-1",
                "{\"data\": [{\"id\": \"m-1\"}], \"has_more\": true, \"last_id\": \"m-1\"}", "{\"data\": [{\"id\": \"m-2\"}], \"has_more\": false}");
        pages("GOOGLE", "GET /v1/models", "pageToken=a%26b",
                "{\"models\": [{\"name\": \"models/m-1\"}], \"nextPageToken\": \"a&b\"}", "{\"models\": [{\"name\": \"models/m-2\"}]}");
    }

    private void pages(String preset, String path, String second, String first, String last) {
        good.reset();
        good.on(path, (exchange, seen) -> FakeService.send(exchange, 200, seen.uri().contains(second) ? last : first));
        var known = known(preset);
        new Looks(Clock.systemUTC()).list(known);
        assertThat(known.listing().look().error()).isNull();
        assertThat(known.listing().offers()).extracting(OfferedModels.Offer::upstreamModel).containsExactly("m-1", "m-2");
        assertThat(good.seen).hasSize(2);
    }

    private Upstreams.Known known(String preset) {
        var environment = new MockEnvironment()
                .withProperty("ASSAY_" + preset + "_API_KEY", "k")
                .withProperty("ASSAY_" + preset + "_BASE_URL", good.url() + "/v1");
        return Upstreams.Known.of(
                Presets.inEnvironment(environment).getFirst(), connections, true, new BreakerSettings(10, 10, 50, Duration.ofHours(1), 1), false);
    }

    @Test
    void aListThatNeverEndsIsGivenUpAndTheLastGoodOneKept() {
        var known = known("GOOGLE");
        good.on("GET /v1/models", 200, "{\"models\": [{\"name\": \"models/m-1\"}]}");
        var looks = new Looks(Clock.systemUTC());
        looks.list(known);
        var page = new AtomicInteger();
        good.on("GET /v1/models", (exchange, seen) -> FakeService.send(
                exchange, 200, "{\"models\": [{\"name\": \"models/m\"}], \"nextPageToken\": \"p" + page.incrementAndGet() + "\"}"));
        looks.list(known);
        assertThat(known.listing().look().error()).contains("does not end");
        assertThat(page).hasValue(20);
        assertThat(known.listing().offers()).extracting(OfferedModels.Offer::upstreamModel).containsExactly("m-1");
    }

    @Test
    void aTeamsListThatWouldFillTheMemoryIsGivenUp() {
        var settings = new UpstreamSettings("x", Presets.COMPATIBLE, good.url() + "/v1", "k", null, List.of(), true);
        for (var list : List.of("{\"data\": [" + "{},".repeat(200_000) + "{}]}", "{\"data\": [], \"x\": \"" + "x".repeat(2 << 20) + "\"}")) {
            good.on("GET /v1/models", 200, list);
            var known = Upstreams.Known.of(settings, connections, true, new BreakerSettings(10, 10, 50, Duration.ofHours(1), 1), true);
            new Looks(Clock.systemUTC()).list(known);
            assertThat(known.listing().look().error()).isNotNull();
            assertThat(known.listing().offers()).isNull();
        }
    }

    @Test
    void aLookThatFailsIsNoFailedCallAndSaysNothingOfWhereItWent() {
        var known = known("OPENAI");
        good.close();
        var looks = new Looks(Clock.systemUTC());
        for (int i = 0; i < 20; i++) {
            looks.list(known);
        }
        assertThat(known.breaker().state()).isEqualTo(Breaker.State.CLOSED);
        assertThat(known.health().report(System.nanoTime()).errors()).isZero();
        assertThat(known.listing().look().error()).isEqualTo("it cannot be connected to");
    }

    @Test
    void whoLooksAgainAtOnceIsToldWhatIsKnown() {
        var known = known("OPENAI");
        var looks = new Looks(Clock.systemUTC());
        looks.probe(known);
        looks.probe(known);
        assertThat(good.seen).hasSize(1);
    }

    @Test
    void whatListsNothingIsLookedAtAllTheSame() {
        var settings = new UpstreamSettings("x", Presets.COMPATIBLE, good.url() + "/v1", "k", null, List.of(), false);
        for (var status : Map.of(404, "well", 401, "it answers with status 401", 503, "it answers with status 503").entrySet()) {
            good.on("GET /v1/models", status.getKey(), "{}");
            var known = Upstreams.Known.of(settings, connections, true, new BreakerSettings(10, 10, 50, Duration.ofHours(1), 1), false);
            new Looks(Clock.systemUTC()).probe(known);
            assertThat(Optional.ofNullable(known.listing().look().error()).orElse("well")).isEqualTo(status.getValue());
        }
    }
}
