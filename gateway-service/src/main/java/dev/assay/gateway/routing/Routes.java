// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import java.util.List;
import java.util.Optional;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** Which service serves which public path. What is not here is the gateway's own, or nobody's. */
public final class Routes {

    /** Where a request goes. */
    record Destination(Room room, String path, String pattern) {}

    private record Route(PathPattern pattern, Room room) {}

    private static final PathPatternParser PARSER = PathPatternParser.defaultInstance;
    private static final String TELEMETRY = "/telemetry/v3/api";
    private static final String LEARNING = "/rl";

    private static final PathPattern BUILD_LOG = PARSER.parse("/v2/builds/{id}/logs");

    // The first that matches.
    private static final List<Route> ROUTES = List.of(
            to(Room.ENVIRONMENT, "/v2/projects/{*rest}"),
            to(Room.ENVIRONMENT, "/v2/builds/{*rest}"),
            to(Room.ENVIRONMENT, "/v2/uploads/{*rest}"),
            to(Room.ENVIRONMENT, "/v2/registry/{*rest}"),
            to(Room.GRADING, "/v2/tasksets/{id}/leaderboard"),
            to(Room.ENVIRONMENT, "/v2/tasksets/{*rest}"),
            to(Room.ENVIRONMENT, "/v2/tasks/{*rest}"),
            to(Room.JOB, "/v2/trace/job/{id}/enter"),
            to(Room.JOB, "/v2/trace/{id}/enter"),
            to(Room.JOB, "/v2/trace/{id}/exit"),
            to(Room.JOB, "/v2/trace/{id}"),
            to(Room.JOB, "/v2/trace/{id}/transitions"),
            to(Room.JOB, "/v2/trace/{id}/rerun"),
            to(Room.JOB, "/v2/trace/{id}/live"),
            to(Room.TRACE, "/v2/trace/{id}/events"),
            to(Room.TRACE, "/v2/trace/{id}/timeline"),
            to(Room.TRACE, "/v2/trace/{id}/spans"),
            to(Room.TRACE, "/v2/trace/{id}/steps/export"),
            to(Room.TRACE, "/v2/retention"),
            to(Room.TRACE, "/v2/runs/search"),
            to(Room.TRACE, "/v2/views"),
            to(Room.TRACE, "/v2/views/{name}"),
            to(Room.GRADING, "/v2/trace/{id}/grade"),
            to(Room.GRADING, "/v2/trace/{id}/grades"),
            to(Room.GRADING, "/v2/trace/{id}/grades/record"),
            to(Room.TRAINING, "/v2/jobs/{id}/export"),
            to(Room.TRAINING, "/v2/jobs/{id}/export/groups"),
            to(Room.GRADING, "/v2/jobs/{id}/statistics"),
            to(Room.GRADING, "/v2/jobs/{id}/statistics/tasks"),
            to(Room.GRADING, "/v2/jobs/{id}/compare"),
            to(Room.GRADING, "/v2/jobs/{id}/gate"),
            to(Room.GRADING, "/v2/jobs/{id}/grades/export"),
            to(Room.GRADING, "/v2/jobs/{id}/regrades"),
            to(Room.GRADING, "/v2/jobs/{id}/regrades/{regrade}"),
            to(Room.TRACE, "/v2/jobs/{id}/steps/export"),
            to(Room.GRADING, "/v2/qa/{*rest}"),
            to(Room.JOB, "/v2/jobs/{*rest}"),
            to(Room.JOB, "/v2/rollouts/{*rest}"),
            to(Room.JOB, "/v2/limits"),
            to(Room.JOB, "/v2/workers/{*rest}"),
            to(Room.JOB, "/v2/runtimes/{*rest}"),
            to(Room.JOB, "/runtime/sessions/{*rest}"),
            to(Room.TRAINING, "/v2/models/{*rest}"),
            to(Room.TRAINING, LEARNING + "/v1/models/{id}/train/{*rest}"),
            to(Room.TRACE, TELEMETRY + "/trace/{id}/telemetry-upload"),
            to(Room.TRACE, "/otlp/v1/traces"),
            to(Room.ENVIRONMENT, "/v2/admin/environment-service/{*rest}"),
            to(Room.JOB, "/v2/admin/job-service/{*rest}"),
            to(Room.GRADING, "/v2/admin/grading-service/{*rest}"),
            to(Room.TRACE, "/v2/admin/trace-service/{*rest}"));

    private Routes() {}

    static Optional<Destination> of(String path) {
        var container = PathContainer.parsePath(path);
        if (BUILD_LOG.matches(container)) {
            return Optional.empty();
        }
        return ROUTES.stream()
                .filter(route -> route.pattern().matches(container))
                .findFirst()
                .map(route -> new Destination(route.room(), inside(path), route.pattern().getPatternString()));
    }

    /** Under which path the public finds a path of a service; empty if nowhere. */
    public static Optional<String> publicPath(Room room, String path) {
        var outside = path.startsWith("/telemetry/") ? TELEMETRY + path.substring("/telemetry".length())
                : path.startsWith("/v1/models/") ? LEARNING + path : path;
        return of(outside).filter(destination -> destination.room() == room).map(unused -> outside);
    }

    /**
     * Spans are taken at {@code /telemetry/trace/…} inside: the version in the public path is the client's habit. Training calls have a
     * base of their own for clients.
     */
    private static String inside(String path) {
        return path.startsWith(TELEMETRY) ? "/telemetry" + path.substring(TELEMETRY.length())
                : path.startsWith(LEARNING + "/") ? path.substring(LEARNING.length()) : path;
    }

    private static Route to(Room room, String pattern) {
        return new Route(PARSER.parse(pattern), room);
    }
}
