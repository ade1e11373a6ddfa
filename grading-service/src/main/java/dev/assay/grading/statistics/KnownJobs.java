// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TasksetId;
import dev.assay.contracts.TeamId;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.rest.InternalRest;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import tools.jackson.databind.JsonNode;

/** What job-service says of jobs: grades are of runs that have ended, and say nothing of those that go on. */
@Component
class KnownJobs {

    private static final Logger log = LoggerFactory.getLogger(KnownJobs.class);
    private static final int MOST_OF_A_TASKSET = 1000;
    private static final Predicate<String> NUMBER = Pattern.compile("-?[0-9]{1,20}(\\.[0-9]{1,20})?").asMatchPredicate();

    private final InternalRest rest;
    private final String jobUrl;
    private final String environmentUrl;

    KnownJobs(InternalRest rest, @Value("${assay.job-url}") String jobUrl, @Value("${assay.environment-url}") String environmentUrl) {
        this.rest = rest;
        this.jobUrl = jobUrl;
        this.environmentUrl = environmentUrl;
    }

    /** A job as job-service counts it. */
    record KnownJob(JobId id, @Nullable String name, String status, long runs, long over, long graded) {

        private static KnownJob of(JsonNode job) {
            return new KnownJob(
                    JobId.parse(job.path("id").stringValue()),
                    job.path("name").stringValue(null),
                    job.path("status").stringValue(),
                    job.path("run_count").longValue(),
                    job.path("run_count").longValue() - job.path("queued_count").longValue() - job.path("running_count").longValue(),
                    job.path("graded_count").longValue());
        }
    }

    /** @param total of all that there are */
    record OfTaskset(List<JobId> jobs, long total) {}

    /** @throws Problem 404 if the team has no such job; 503 while nobody can say */
    KnownJob require(TeamId team, JobId job) {
        return ask(rest.forTeam(jobUrl, "job-service", team), "/v2/jobs/" + job)
                .map(KnownJob::of)
                .orElseThrow(() -> Problem.notFound("There is no job " + job + "."));
    }

    /** The newest. @throws Problem 404 if the team has no such taskset; 503 while nobody can say */
    OfTaskset ofTaskset(TeamId team, TasksetId taskset) {
        ask(rest.forTeam(environmentUrl, "environment-service", team), "/v2/tasksets/" + taskset)
                .orElseThrow(() -> Problem.notFound("There is no taskset " + taskset + "."));
        var page = ask(
                        rest.forTeam(jobUrl, "job-service", team), "/v2/jobs?limit=" + MOST_OF_A_TASKSET + "&taskset_id=" + taskset)
                .orElseThrow(() -> away("job-service", "404"));
        return new OfTaskset(
                page.path("items").valueStream().map(job -> JobId.parse(job.path("id").stringValue())).toList(),
                page.path("total").longValue());
    }

    /** The names of its tasks that have that value in that column, or have it among several. @throws Problem as above */
    List<String> tasksWith(TeamId team, TasksetId taskset, String column, String value) {
        var exported = ask(rest.forTeam(environmentUrl, "environment-service", team), "/v2/tasksets/" + taskset + "/export")
                .orElseThrow(() -> Problem.notFound("There is no taskset " + taskset + "."));
        return exported.path("tasks").valueStream()
                .filter(task -> holds(task.path("columns").path(column), value))
                .map(task -> task.path("name").asString(""))
                .toList();
    }

    /** 1 and 1.0 are the same to whoever chooses one. */
    private static boolean holds(JsonNode told, String value) {
        return told.isArray()
                ? told.valueStream().anyMatch(one -> holds(one, value))
                : told.asString("").equals(value)
                        || told.isNumber() && Stream.of(value).filter(NUMBER).anyMatch(one -> told.decimalValue().compareTo(new BigDecimal(one)) == 0);
    }

    private static Optional<JsonNode> ask(RestClient client, String path) {
        try {
            return Optional.ofNullable(client.get().uri(path).exchange((request, answer) -> switch (answer.getStatusCode().value()) {
                case 200 -> answer.bodyTo(JsonNode.class);
                case 404 -> null;
                default -> throw away(path, answer.getStatusCode().toString());
            }));
        } catch (RestClientException e) {
            throw away(path, e.toString());
        }
    }

    private static Problem away(String what, String why) {
        log.warn("{} cannot be had: {}", what, why);
        return Problem.unavailable("Jobs cannot be looked up just now. Try again.");
    }
}
