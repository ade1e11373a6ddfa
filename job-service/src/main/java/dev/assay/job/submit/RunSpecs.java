// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import dev.assay.contracts.RunId;
import dev.assay.contracts.VersionId;
import dev.assay.job.run.Retries;
import dev.assay.kit.text.JsonText;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What was asked for, for the worker to read. Written once. */
@Repository
class RunSpecs {

    private final JdbcClient jdbc;
    private final JsonMapper json;

    RunSpecs(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** In characters. As many as a round takes of such specifications are held in memory at once, and more than once. */
    private static final int LARGEST_TOGETHER = 256 * 1024;

    /**
     * What is kept of a submission.
     *
     * @param runtime the one that a worker must have for it
     */
    record Spec(
            RunId run, String args, String agent, @Nullable String runtimeConfig, @Nullable String verifier, Retries retries, String runtime,
            Duration timeout, @Nullable Integer rolloutTimeoutS, @Nullable VersionId version, @Nullable VersionId verifierVersion,
            @Nullable UUID taskVersion) {

        /** Whether many of that size could be too much at once. */
        boolean isLarge() {
            return Stream.of(args, agent, runtimeConfig, verifier).mapToLong(text -> text == null ? 0 : text.length()).sum()
                    > LARGEST_TOGETHER;
        }
    }

    Spec of(SubmitRequest.Checked asked, String runtime, Duration timeout, @Nullable VersionId version, @Nullable VersionId verifierVersion) {
        return new Spec(
                asked.run(),
                JsonText.of(json, asked.args()),
                JsonText.of(json, asked.agent()),
                text(asked.runtimeConfig()),
                text(asked.verifier()),
                asked.retries(),
                runtime,
                timeout,
                asked.rolloutTimeoutS(),
                version,
                verifierVersion,
                asked.taskVersion());
    }

    void save(Collection<Spec> specs) {
        var all = List.copyOf(specs);
        jdbc.sql(
                        """
                        insert into run_spec (
                            run_id, args, agent, runtime_config, verifier, timeout_millis, retry, version_id, verifier_version_id, task_version_id)
                        select * from unnest(:runs::uuid[], :args::text[], :agents::text[], :runtimeConfigs::text[], :verifiers::text[],
                            :timeouts::bigint[], :retries::text[], :versions::uuid[], :verifierVersions::uuid[], :taskVersions::uuid[])
                        on conflict (run_id) do nothing
                        """)
                .param("runs", ids(all))
                .param("args", texts(all, Spec::args))
                .param("agents", texts(all, Spec::agent))
                .param("runtimeConfigs", texts(all, Spec::runtimeConfig))
                .param("verifiers", texts(all, Spec::verifier))
                .param("timeouts", all.stream().map(spec -> spec.timeout().toMillis()).toArray(Long[]::new))
                .param("retries", texts(all, spec -> spec.retries().text()))
                .param("versions", versions(all, Spec::version))
                .param("verifierVersions", versions(all, Spec::verifierVersion))
                .param("taskVersions", all.stream().map(Spec::taskVersion).toArray(UUID[]::new))
                .update();
        var others = all.stream().filter(spec -> !spec.runtime().equals("process")).toList();
        if (!others.isEmpty()) {
            jdbc.sql(
                            """
                            update run set runtime = needed.runtime
                            from unnest(:runs::uuid[], :runtimes::text[]) as needed (run, runtime) where id = needed.run
                            """)
                    .param("runs", ids(others))
                    .param("runtimes", texts(others, Spec::runtime))
                    .update();
        }
        var limited = all.stream().filter(spec -> spec.rolloutTimeoutS() != null).toList();
        if (!limited.isEmpty()) {
            jdbc.sql(
                            """
                            update run set rollout_timeout_s = told.seconds, ends_by = now() + make_interval(secs => told.seconds)
                            from unnest(:runs::uuid[], :seconds::integer[]) as told (run, seconds) where id = told.run
                            """)
                    .param("runs", ids(limited))
                    .param("seconds", limited.stream().map(Spec::rolloutTimeoutS).toArray(Integer[]::new))
                    .update();
        }
    }

    private static UUID[] ids(List<Spec> specs) {
        return specs.stream().map(spec -> spec.run().value()).toArray(UUID[]::new);
    }

    private static String[] texts(List<Spec> specs, Function<Spec, @Nullable String> what) {
        return specs.stream().map(what).toArray(String[]::new);
    }

    private static UUID[] versions(List<Spec> specs, Function<Spec, @Nullable VersionId> which) {
        return specs.stream()
                .map(which)
                .map(version -> version == null ? null : version.value())
                .toArray(UUID[]::new);
    }

    private @Nullable String text(@Nullable JsonNode node) {
        return node == null ? null : JsonText.of(json, node);
    }
}
