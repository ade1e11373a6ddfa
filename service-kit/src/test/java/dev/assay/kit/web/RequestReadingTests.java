// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.kit.problem.Problem;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

class RequestReadingTests {

    private final JsonMapper json = reader();

    record Asked(@Nullable String name, @Nullable Integer group, @Nullable Long size, @Nullable Boolean yes) {}

    @SuppressWarnings("unused")
    static class Lists {
        void list(@RequestParam @Nullable Integer limit, @RequestParam(name = "taskset_id") @Nullable String taskset) {}
    }

    private static JsonMapper reader() {
        var builder = JsonMapper.builder();
        new WebConfiguration().noOtherType().customize(builder);
        return builder.build();
    }

    private static void ask(String query) throws NoSuchMethodException {
        var request = new MockHttpServletRequest("GET", "/v2/things");
        request.setQueryString(query);
        var handler = new HandlerMethod(new Lists(), Lists.class.getDeclaredMethod("list", Integer.class, String.class));
        new KnownParameters().preHandle(request, new MockHttpServletResponse(), handler);
    }

    @ParameterizedTest
    @CsvSource({"limmit=3, limmit: ", "=null, query: ", "limit=1&x=2, x: ", "limit=, limit: ", "limit, limit: "})
    void aParameterThatThereIsNotOrThatHasNoValueIsRefusedByName(String query, String detail) {
        assertThatExceptionOfType(Problem.class).isThrownBy(() -> ask(query)).satisfies(refusal -> {
            assertThat(refusal.getStatusCode().value()).isEqualTo(400);
            assertThat(refusal.getBody().getDetail()).startsWith(detail);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=3", "taskset_id=", "taskset%5Fid=a", "limit=3&taskset_id=a&limit=4", "&limit=3"})
    void whatThereIsPasses(String query) {
        assertThatNoException().isThrownBy(() -> ask(query));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"name\": false}", "{\"name\": 7}", "{\"name\": 1.5}", "{\"group\": \"3\"}", "{\"group\": 1.5}", "{\"group\": 4294967296}", "{\"size\": 1e30}",
        "{\"group\": true}", "{\"group\": \"\"}", "{\"yes\": \"true\"}", "{\"yes\": 1}"
    })
    void aMemberOfAnotherTypeIsRefused(String body) {
        assertThatExceptionOfType(JacksonException.class).isThrownBy(() -> json.readValue(body, Asked.class));
    }

    @Test
    void aWholeNumberIsWholeHoweverItIsWritten() {
        assertThat(json.readValue("{\"group\": 3.0, \"size\": 1e12}", Asked.class)).isEqualTo(new Asked(null, 3, 1_000_000_000_000L, null));
        assertThat(json.readValue("{\"group\": null}", Asked.class).group()).isNull();
    }

    @Test
    void anIdOfAnythingIsReadInAnyForm() {
        var hex = "0123456789abcdef0123456789ABCDEF";
        assertThat(new ReadId().getConverter(RunId.class).convert(hex)).isEqualTo(RunId.parse(hex));
        assertThat(new ReadId().getConverter(JobId.class).convert("{01234567-89ab-cdef-0123-456789abcdef}")).isEqualTo(JobId.parse(hex));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new ReadId().getConverter(RunId.class).convert("job"))
                .withMessageContaining("'job' is not a UUID");
    }
}
