// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.assay.kit.problem.Problem;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class TimeLimitsTests {

    /** The published client's own words, behind the field. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            60     | "runtime_config": {"limits": {"run_timeout_s": 60}} | runtime_config.limits.run_timeout_s: agent timeout (60s) must be less than runtime_config.limits.run_timeout_s (60s)
            1.50   | "rollout_timeout_s": 1 | rollout_timeout_s: agent timeout (1.5s) must be less than rollout_timeout (1s)
            null   | "rollout_timeout_s": 5, "runtime_config": {"limits": {"startup_timeout_s": 5}} | rollout_timeout_s: actor runtime_config.limits.startup_timeout_s (5s) must be less than rollout_timeout (5s)
            null   | "rollout_timeout_s": 5, "runtime_config": {"limits": {"run_timeout_s": 6}} | rollout_timeout_s: actor runtime_config.limits.run_timeout_s (6s) must be less than rollout_timeout (5s)
            null   | "rollout_timeout_s": 5, "verifier": {"env": "v", "id": "v", "runtime_config": {"limits": {"run_timeout_s": 60}}} | rollout_timeout_s: verifier runtime_config.limits.run_timeout_s (60s) must be less than rollout_timeout (5s)
            null   | "rollout_timeout_s": 0 | rollout_timeout_s: must be a whole number of seconds, at least 1
            """)
    void whatTheClientRefusesIsRefusedInItsWords(String agents, String members, String detail) {
        var refused = catchThrowableOfType(Problem.class, () -> check(agents, members));
        assertThat(refused.getStatusCode().value()).isEqualTo(400);
        assertThat(refused.getBody().getDetail()).isEqualTo(detail);
    }

    /** A verifier has its own time, and a startup none of the run's. */
    @ParameterizedTest
    @ValueSource(strings = {
        "\"runtime_config\": {\"limits\": {\"run_timeout_s\": 61}}, \"rollout_timeout_s\": 62",
        "\"runtime_config\": {\"limits\": {\"startup_timeout_s\": 9000, \"run_timeout_s\": 61}}",
        "\"runtime_config\": {\"limits\": {}}",
        "\"verifier\": {\"env\": \"v\", \"id\": \"v\", \"runtime_config\": {\"limits\": {\"run_timeout_s\": 5}}}"
    })
    void whatTheClientAcceptsIsAccepted(String members) {
        assertThatCode(() -> check("60", members)).doesNotThrowAnyException();
    }

    private static void check(String agents, String members) {
        TimeLimits.check(JsonMapper.shared().readValue("""
                {"trace_id": "7f3b1c8e-52d4-4d0f-9a6b-0c1e2d3f4a5b", "job_id": "2a6d9e40-3b7c-4c1e-8f5d-6e7f8a9b0c1d", "env": "e", "task": "t", "args": {},
                 "agent": {"type": "openai_compatible", "config": {"model": "m", "timeout_seconds": %s}}, %s}""".formatted(agents, members), SubmitRequest.class)
                .checked(Set.of()), "runtime_config.limits.run_timeout_s", "rollout_timeout_s");
    }
}
