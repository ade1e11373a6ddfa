// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A platform runs environments only inside walls, and the client runs on Python: where {@code ./assay verify} found neither and could not
 * install them, nothing can be accepted here. It says so in {@code ASSAY_TESTS_WITHOUT} and shows what was skipped.
 */
public final class NeedsSandboxes implements ExecutionCondition {

    private static final List<String> NEEDED = List.of("bubblewrap", "socat", "util-linux", "python3");

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        var missing = List.of(System.getenv().getOrDefault("ASSAY_TESTS_WITHOUT", "").split(" "));
        return NEEDED.stream()
                .filter(missing::contains)
                .findFirst()
                .map(tool -> ConditionEvaluationResult.disabled("no " + tool + " here: no platform runs environments"))
                .orElseGet(() -> ConditionEvaluationResult.enabled("what a platform needs is here"));
    }
}
