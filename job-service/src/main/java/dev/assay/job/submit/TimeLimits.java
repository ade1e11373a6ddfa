// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import dev.assay.kit.problem.Problem;
import dev.assay.sdk.protocol.RuntimeConfig;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Time limits of one run that contradict each other. The published client refuses the same in the same words, and nothing else: who asks for
 * more than that here would refuse what the client has accepted.
 */
final class TimeLimits {

    private TimeLimits() {}

    /**
     * @param runs the name of the field that limits the run
     * @param rollouts the name of the field that limits the whole rollout
     * @throws Problem 400 that names the limit that is too short
     */
    static void check(SubmitRequest.Checked asked, String runs, String rollouts) {
        var agent = seconds(asked.agent().at("/config/timeout_seconds"));
        var run = asked.timeout() == null ? null : BigDecimal.valueOf(asked.timeout().toSeconds());
        if (isNotLess(agent, run)) {
            throw Problem.badRequest(
                    runs,
                    "agent timeout (%s) must be less than runtime_config.limits.run_timeout_s (%s)".formatted(text(agent), text(run)));
        }
        var rollout = asked.rolloutTimeoutS() == null ? null : BigDecimal.valueOf(asked.rolloutTimeoutS());
        refuse(rollouts, "agent timeout", agent, rollout);
        refuse(rollouts, "actor ", asked.runtimeConfig(), rollout);
        refuse(rollouts, "verifier ", asked.verifier() == null ? null : asked.verifier().get("runtime_config"), rollout);
    }

    /** @param config that was checked */
    private static void refuse(String field, String whose, @Nullable JsonNode config, @Nullable BigDecimal rollout) {
        var limits = RuntimeConfig.read(config).limits();
        if (limits != null) {
            refuse(field, whose + "runtime_config.limits.startup_timeout_s", seconds(limits.startupTimeoutS()), rollout);
            refuse(field, whose + "runtime_config.limits.run_timeout_s", seconds(limits.runTimeoutS()), rollout);
        }
    }

    private static void refuse(String field, String what, @Nullable BigDecimal limit, @Nullable BigDecimal rollout) {
        if (isNotLess(limit, rollout)) {
            throw Problem.badRequest(field, "%s (%s) must be less than rollout_timeout (%s)".formatted(what, text(limit), text(rollout)));
        }
    }

    private static boolean isNotLess(@Nullable BigDecimal one, @Nullable BigDecimal other) {
        return one != null && other != null && one.compareTo(other) >= 0;
    }

    private static @Nullable BigDecimal seconds(JsonNode told) {
        return told.isNumber() ? told.decimalValue() : null;
    }

    private static @Nullable BigDecimal seconds(@Nullable Long told) {
        return told == null ? null : BigDecimal.valueOf(told);
    }

    private static String text(@Nullable BigDecimal seconds) {
        return seconds == null ? "" : seconds.stripTrailingZeros().toPlainString() + "s";
    }
}
