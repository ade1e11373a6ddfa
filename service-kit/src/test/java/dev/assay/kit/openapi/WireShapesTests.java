// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.assay.contracts.RunId;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class WireShapesTests {

    @JsonNaming(SnakeCaseStrategy.class)
    record Answer(
            RunId traceId,
            @Nullable Double meanReward,
            @Schema(type = "object") @JsonRawValue @Nullable String evaluationResult,
            @Nullable Inner latestBuild,
            @Schema(allowableValues = {"one", "two"}) @Nullable String kind,
            List<ObjectNode> entries) {}

    record Inner(@JsonProperty("built_at") Instant builtAt, @Schema(type = WireShapes.ANY) @Nullable JsonNode anything) {}

    record Request(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String name,
            @Nullable String description) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record LeftOut(String id, @Nullable String text) {}

    @BeforeAll
    static void converters() {
        new DocumentConfiguration();
        ModelConverters.getInstance(true).addConverter(new WireShapes());
    }

    private static JsonNode shape(Class<?> type) {
        var schemas = ModelConverters.getInstance(true).readAllAsResolvedSchema(new AnnotatedType(type)).referencedSchemas;
        try {
            return JsonMapper.shared().readTree(Json31.mapper().writeValueAsString(schemas)).path(type.getSimpleName());
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void membersAreNamedAsTheServicesWriteThem() {
        var written = JsonMapper.shared().valueToTree(new Answer(RunId.parse("00000000000000000000000000000001"), null, "{}", null, null, List.of()));
        assertThat(shape(Answer.class).path("properties").propertyNames()).containsExactlyInAnyOrderElementsOf(((JsonNode) written).propertyNames());
    }

    @Test
    void whatMayBeNullSaysSoAndWhatMayNotIsRequired() {
        var answer = shape(Answer.class);
        assertThat(answer.path("required").toString()).isEqualTo("[\"entries\",\"trace_id\"]");
        assertThat(answer.at("/properties/mean_reward/type").toString()).isEqualTo("[\"number\",\"null\"]");
        assertThat(answer.at("/properties/latest_build/anyOf/1/type").asString()).isEqualTo("null");
        assertThat(answer.at("/properties/kind/enum").toString()).isEqualTo("[\"one\",\"two\",null]");
    }

    @Test
    void idsAreUuidsAndJsonIsWhatItIsOnTheWire() {
        var answer = shape(Answer.class);
        assertThat(answer.at("/properties/trace_id").toString()).isEqualTo("{\"type\":\"string\",\"format\":\"uuid\"}");
        assertThat(answer.at("/properties/evaluation_result/type").toString()).isEqualTo("[\"object\",\"null\"]");
        assertThat(answer.at("/properties/entries/items/type").asString()).isEqualTo("object");
        assertThat(shape(Inner.class).at("/properties/anything").toString()).isEqualTo("{}");
    }

    @Test
    void whatARequestMustHoldIsNotNullThere() {
        var request = shape(Request.class);
        assertThat(request.path("required").toString()).isEqualTo("[\"name\"]");
        assertThat(request.at("/properties/name/type").asString()).isEqualTo("string");
    }

    @Test
    void whatIsLeftOutRatherThanNullIsNeitherNullNorRequired() {
        var shape = shape(LeftOut.class);
        assertThat(shape.path("required").toString()).isEqualTo("[\"id\"]");
        assertThat(shape.at("/properties/text/type").asString()).isEqualTo("string");
    }
}
