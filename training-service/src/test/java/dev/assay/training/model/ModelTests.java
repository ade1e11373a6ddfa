// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.ModelId;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ModelTests {

    private final Model model =
            new Model(ModelId.random(), null, "acme/Small-1", "Acme Small", "acme", "openai_compatible", "small", Instant.EPOCH);

    @Test
    void aModelAnswersToItsIdItsNamesAndTheLastPartOfItsSlug() {
        assertThat(model.answersTo(model.id().toString().toUpperCase())).isTrue();
        assertThat(model.answersTo("ACME/small-1")).isTrue();
        assertThat(model.answersTo("acme small")).isTrue();
        assertThat(model.answersTo("small-1")).isTrue();
        assertThat(model.answersTo("small")).isFalse();
        assertThat(model.answersTo("")).isFalse();
    }

    @Test
    void aNewModelMustDifferInSlugAndName() {
        assertThat(model.collidesWith("ACME/small-1", null)).isTrue();
        assertThat(model.collidesWith("acme/other", "acme small ")).isTrue();
        assertThat(model.collidesWith("acme/other", null)).isFalse();
    }
}
