// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.ModelId;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelTests {

    private final Model model =
            new Model(ModelId.random(), null, "acme/Small-1", "Acme Small", "acme", "openai_compatible", "small", Instant.EPOCH);

    @Test
    void aModelAnswersToItsIdItsNamesAndTheLastPartOfItsSlug() {
        for (var typed : List.of(model.id().toString().toUpperCase(), "ACME/small-1", "acme small", "small-1")) {
            assertThat(Catalog.find(List.of(model), typed)).as(typed).contains(model);
        }
        for (var typed : List.of("small", "")) {
            assertThat(Catalog.find(List.of(model), typed)).as(typed).isEmpty();
        }
    }

    @Test
    void aWholeSlugMeansMoreThanAPartOfOneAndAmongEqualsTheFirstCounts() {
        var longer = new Model(ModelId.random(), null, "vendor/gpt-5", null, "vendor", "openai_compatible", "gpt-5", Instant.EPOCH);
        var another = new Model(ModelId.random(), null, "reseller/gpt-5", "gpt-5", "reseller", "openai_compatible", "gpt-5", Instant.EPOCH);
        var plain = new Model(ModelId.random(), null, "gpt-5", null, "openai", "openai", "gpt-5", Instant.EPOCH);
        assertThat(Catalog.find(List.of(longer, another, plain), "GPT-5")).contains(plain);
        assertThat(Catalog.find(List.of(longer, another), "gpt-5")).as("a name before a part of a slug").contains(another);
        assertThat(Catalog.find(List.of(longer), "gpt-5")).contains(longer);
    }

    @Test
    void whatNobodyAnswersToIsNearToWhatLooksLikeIt() {
        var names = List.of("claude-sonnet-4-6", "claude-sonnet-5", "gpt-5.6", "qwen/qwen3-4b", "claude-haiku-4-5");
        assertThat(NearNames.of("claude-sonet-4-6", names)).startsWith("claude-sonnet-4-6").hasSizeLessThanOrEqualTo(3);
        assertThat(NearNames.of("qwen3", names)).containsExactly("qwen/qwen3-4b");
        assertThat(NearNames.of("zzzzzzzz", names)).isEmpty();
        assertThat(NearNames.of(" ", names)).isEmpty();
        assertThat(NearNames.of("x".repeat(400), names)).isEmpty();
    }

    @Test
    void aNewModelMustDifferInSlugAndName() {
        assertThat(model.collidesWith("ACME/small-1", null)).isTrue();
        assertThat(model.collidesWith("acme/other", "acme small ")).isTrue();
        assertThat(model.collidesWith("acme/other", null)).isFalse();
    }
}
