// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.FakeService;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.gateway.call.AskFailure;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.kit.rest.InternalRest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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
                new BreakerSettings(10, 10, 50, Duration.ofHours(1), 1), null, TeamUpstreamsTests.none(), new SimpleMeterRegistry());
        offers = new Offers(upstreams, new OfferSettings(Duration.ofHours(1)), rest, FakeServices.TRAINING.url(), Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        offers.destroy();
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
        assertThat(offers.lookAt("openai").error()).isNull();
        assertThat(offers.lookAt("groq").error()).contains("500");
    }

    @Test
    void theLastGoodListIsKept() {
        bad.on("GET /v1/models", 200, LIST);
        offers.destroy();
        offers = new Offers(upstreams, new OfferSettings(Duration.ZERO), rest, FakeServices.TRAINING.url(), Clock.systemUTC());
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
        offers.destroy();
        offers = new Offers(
                upstreams, new OfferSettings(Duration.ofHours(1)), rest, FakeServices.TRAINING.url(), Clock.systemUTC(), Duration.ofMillis(500));
        offers.look();
        assertThat(told().path("models").propertyNames()).containsExactly("openai");
        assertThat(offers.lookAt("groq").error()).contains("did not come within");
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
}
