// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutesTests {

    @ParameterizedTest
    @CsvSource({
        "/v2/projects, ENVIRONMENT", "/v2/projects/1, ENVIRONMENT", "/v2/builds/upload-url, ENVIRONMENT", "/v2/builds/1/status, ENVIRONMENT",
        "/v2/uploads/token, ENVIRONMENT", "/v2/registry, ENVIRONMENT", "/v2/tasksets/by-name/a%2Fb, ENVIRONMENT",
        "/v2/tasks/upload, ENVIRONMENT", "/v2/trace/job/1/enter, JOB", "/v2/trace/1/enter, JOB", "/v2/trace/1/exit, JOB", "/v2/trace/1, JOB",
        "/v2/trace/1/events, TRACE", "/v2/trace/1/timeline, TRACE", "/v2/trace/1/grade, GRADING", "/v2/jobs, JOB", "/v2/jobs/1, JOB",
        "/v2/jobs/1/traces, JOB", "/v2/jobs/1/summary, JOB", "/v2/rollouts/submit, JOB",
        "/v2/limits, JOB", "/v2/workers, JOB", "/v2/workers/drain, JOB", "/v2/admin/job-service/dead-letters, JOB", "/v2/admin/grading-service/dead-letters/1, GRADING",
        "/v2/admin/trace-service/dead-letters/1/resend, TRACE", "/v2/admin/environment-service/dead-letters, ENVIRONMENT",
        "/runtime/sessions, JOB", "/runtime/sessions/1, JOB", "/v2/models, TRAINING", "/v2/models/1/checkpoints, TRAINING"
    })
    void everyPublicPathHasItsRoom(String path, Room room) {
        var destination = Routes.of(path).orElseThrow();
        assertThat(destination.room()).isEqualTo(room);
        assertThat(destination.path()).isEqualTo(path);
        assertThat(Routes.publicPath(room, path)).contains(path);
    }

    @Test
    void spansLoseTheVersionInTheirPath() {
        var destination = Routes.of("/telemetry/v3/api/trace/abc/telemetry-upload").orElseThrow();
        assertThat(destination.room()).isEqualTo(Room.TRACE);
        assertThat(destination.path()).isEqualTo("/telemetry/trace/abc/telemetry-upload");
        assertThat(Routes.publicPath(Room.TRACE, destination.path())).contains("/telemetry/v3/api/trace/abc/telemetry-upload");
    }

    @Test
    void trainingCallsLoseTheBaseThatTheirClientsHave() {
        var destination = Routes.of("/rl/v1/models/1/train/optim-step").orElseThrow();
        assertThat(destination.room()).isEqualTo(Room.TRAINING);
        assertThat(destination.path()).isEqualTo("/v1/models/1/train/optim-step");
        assertThat(Routes.publicPath(Room.TRAINING, destination.path())).contains("/rl/v1/models/1/train/optim-step");
    }

    @ParameterizedTest
    @CsvSource({
        "/rl", "/rl/v1/models", "/rl/v1/models/1/head", "/rl/v2/models", "/v1/models/1/train/optim-step", "/rl/internal/training/leases",
        "/v2/builds/1/logs", "/runtime/tunnels/1", "/v2/auth/me", "/v2/keys", "/v2/admin/keys", "/v2/imports/formats", "/internal/leases",
        "/actuator/health", "/jobs", "/v2"
    })
    void theRestIsTheGatewaysOwnOrNobodys(String path) {
        assertThat(Routes.of(path)).isEmpty();
    }
}
