// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Errors as the library of each dialect reads them. */
class ErrorShapeTests {

    @ParameterizedTest
    @CsvSource({
        "400, invalid_request_error, invalid_request, invalid_request_error, INVALID_ARGUMENT",
        "401, invalid_request_error, invalid_api_key, authentication_error, UNAUTHENTICATED",
        "402, insufficient_quota, insufficient_quota, billing_error, FAILED_PRECONDITION",
        "403, invalid_request_error, permission_denied, permission_error, PERMISSION_DENIED",
        "404, invalid_request_error, model_not_found, not_found_error, NOT_FOUND",
        "408, invalid_request_error, invalid_request, timeout_error, DEADLINE_EXCEEDED",
        "413, invalid_request_error, invalid_request, request_too_large, INVALID_ARGUMENT",
        "429, rate_limit_exceeded, rate_limit_exceeded, rate_limit_error, RESOURCE_EXHAUSTED",
        "500, server_error, server_error, api_error, INTERNAL",
        "502, server_error, server_error, api_error, UNAVAILABLE",
        "503, server_error, server_error, api_error, UNAVAILABLE",
        "504, server_error, server_error, timeout_error, DEADLINE_EXCEEDED",
        "529, server_error, server_error, overloaded_error, UNAVAILABLE",
    })
    void everyStatusHasTheWordThatItsClientsKnow(int status, String type, String code, String anthropic, String google) {
        var error = ModelError.of(status, "why");
        for (var openAi : new Dialect[] {Dialect.CHAT, Dialect.RESPONSES}) {
            var body = json(openAi.error(error)).path("error");
            assertThat(body.path("type").asString()).isEqualTo(type);
            assertThat(body.path("code").asString()).isEqualTo(code);
            assertThat(body.path("message").asString()).isEqualTo("why");
            assertThat(body.path("param").isNull()).isTrue();
        }
        var messages = json(Dialect.MESSAGES.error(error, "req_1"));
        assertThat(messages.path("type").asString()).isEqualTo("error");
        assertThat(messages.path("error").path("type").asString()).isEqualTo(anthropic);
        assertThat(messages.path("request_id").asString()).isEqualTo("req_1");
        var gemini = json(Dialect.GEMINI.error(error)).path("error");
        assertThat(gemini.path("status").asString()).isEqualTo(google);
        assertThat(gemini.path("code").asInt()).isEqualTo(status);
        assertThat(gemini.path("message").asString()).isEqualTo("why");
    }

    /** It sends all messages then, without a thread. */
    @Test
    void thatNoThreadsAreHeldIsToldSoThatAnthropicsLibraryGoesOnWithoutOne() {
        var call = Body.of("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"thread\":{\"type\":\"create\"}}"
                .getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> Dialects.head(Route.of("POST", "/inference/v1/messages").orElseThrow(), call))
                .isInstanceOfSatisfying(ModelErrorException.class, refused -> {
                    var error = ModelJson.MAPPER.readTree(Dialect.MESSAGES.error(refused.error())).path("error");
                    assertThat(error.path("type").asString()).isEqualTo("invalid_request_error");
                    assertThat(error.path("message").asString()).startsWith("thread: ");
                    assertThat(error.at("/details/error_code").asString()).isEqualTo("thread_unsupported_request");
                    assertThat(error.at("/details/unsupported/0").asString()).isEqualTo("thread");
                });
    }

    @Test
    void whenToTryAgainStandsWhereItIsLookedFor() {
        var error = ModelError.unavailable("full", 1.5);
        assertThat(error.headers().first("retry-after")).contains("1.5");
        assertThat(error.andNoUseTryingAgain().headers().first("x-should-retry")).contains("false");
        assertThat(json(Dialect.GEMINI.error(error)).at("/error/details/0/retryDelay").asString()).isEqualTo("1.5s");
        assertThat(json(Dialect.CHAT.error(ModelError.badRequest("messages", "required"))).at("/error/param").asString()).isEqualTo("messages");
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void anErrorThatEndsAStreamIsReadAsOneByItsOwnDialect(Dialect dialect) {
        var event = new String(dialect.errorEvent(ModelError.of(502, "broke off"), 7), StandardCharsets.UTF_8);
        assertThat(event).endsWith("\n\n").doesNotContain("\n\n\n").contains("broke off");
        var lines = event.strip().split("\n");
        var data = json(lines[lines.length - 1].substring("data: ".length()).getBytes(StandardCharsets.UTF_8));
        switch (dialect) {
            case CHAT -> assertThat(data.path("error").path("message").asString()).isEqualTo("broke off");
            case GEMINI -> {
                assertThat(lines).hasSize(1);
                assertThat(data.path("error").path("status").asString()).isEqualTo("UNAVAILABLE");
            }
            case MESSAGES -> {
                assertThat(lines[0]).isEqualTo("event: error");
                assertThat(data.path("error").path("type").asString()).isEqualTo("api_error"); // clients ask again after that one
            }
            case RESPONSES -> {
                assertThat(lines[0]).isEqualTo("event: response.failed");
                assertThat(data.path("type").asString()).isEqualTo("response.failed");
                assertThat(data.path("sequence_number").asInt()).isEqualTo(7);
                assertThat(data.at("/response/status").asString()).isEqualTo("failed");
                assertThat(data.at("/response/error/code").asString()).isEqualTo("server_error");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "no such key: sk-proj-abcdef123456 at all, sk-…", "gsk_abcdef123456 is spent, gsk_…", "key AIzaSyA1234567890abc, AIza…",
        "xai-abcdef123456, xai-…", "of org-abcdef1234, org-…"
    })
    void whatNamesThePlatformsAccountIsCut(String said, String shown) {
        assertThat(ProviderError.discreet(said)).contains(shown).doesNotContain("abcdef").doesNotContain("1234567890");
        assertThat(ProviderError.discreet("the user asked for a key of music")).isEqualTo("the user asked for a key of music");
    }

    @Test
    void aSignOfLifeMeansNothingToAnybody() {
        assertThat(Dialect.CHAT.signOfLife()).asString().startsWith(":").endsWith("\n\n");
        assertThat(Dialect.RESPONSES.signOfLife()).asString().startsWith(":").endsWith("\n\n");
        assertThat(Dialect.MESSAGES.signOfLife()).asString().startsWith("event: ping\n").endsWith("\n\n");
        assertThat(Dialect.GEMINI.signOfLife()).asString().isEqualTo("\n"); // its library reads every other line as JSON
    }

    private static JsonNode json(byte[] bytes) {
        return ModelJson.MAPPER.readTree(bytes);
    }
}
