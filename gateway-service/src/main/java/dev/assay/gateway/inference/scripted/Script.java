// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference.scripted;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the scripted provider says: the first rule that fits the conversation so far.
 *
 * @param model the script's name, for people
 */
record Script(@Nullable String model, List<Rule> rules) {

    @JsonCreator
    Script(@JsonProperty("model") @Nullable String model, @JsonProperty("rules") @Nullable List<Rule> rules) {
        if (rules == null || rules.isEmpty()) {
            throw new IllegalArgumentException("rules: required, at least one");
        }
        this.model = model;
        this.rules = List.copyOf(rules);
    }
}
