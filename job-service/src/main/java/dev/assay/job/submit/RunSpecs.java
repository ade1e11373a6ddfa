// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import dev.assay.contracts.VersionId;
import dev.assay.kit.text.JsonText;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
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

    /**
     * What is kept of a submission.
     *
     * @param runtime the one that a worker must have for it
     */
    record Spec(
            SubmitRequest.Checked asked, String runtime, Duration timeout, @Nullable VersionId version, @Nullable VersionId verifierVersion) {}

    void save(Collection<Spec> specs) {
        var all = List.copyOf(specs);
        jdbc.sql(
                        """
                        insert into run_spec (run_id, args, agent, runtime_config, verifier, timeout_millis, retry, version_id, verifier_version_id)
                        select * from unnest(:runs::uuid[], :args::text[], :agents::text[], :runtimeConfigs::text[], :verifiers::text[],
                            :timeouts::bigint[], :retries::text[], :versions::uuid[], :verifierVersions::uuid[])
                        on conflict (run_id) do nothing
                        """)
                .param("runs", ids(all))
                .param("args", texts(all, SubmitRequest.Checked::args))
                .param("agents", texts(all, SubmitRequest.Checked::agent))
                .param("runtimeConfigs", texts(all, SubmitRequest.Checked::runtimeConfig))
                .param("verifiers", texts(all, SubmitRequest.Checked::verifier))
                .param("timeouts", all.stream().map(spec -> spec.timeout().toMillis()).toArray(Long[]::new))
                .param("retries", all.stream().map(spec -> spec.asked().retries().text()).toArray(String[]::new))
                .param("versions", versions(all, Spec::version))
                .param("verifierVersions", versions(all, Spec::verifierVersion))
                .update();
        var others = all.stream().filter(spec -> !spec.runtime().equals("process")).toList();
        if (!others.isEmpty()) {
            jdbc.sql(
                            """
                            update run set runtime = needed.runtime
                            from unnest(:runs::uuid[], :runtimes::text[]) as needed (run, runtime) where id = needed.run
                            """)
                    .param("runs", ids(others))
                    .param("runtimes", others.stream().map(Spec::runtime).toArray(String[]::new))
                    .update();
        }
    }

    private static UUID[] ids(List<Spec> specs) {
        return specs.stream().map(spec -> spec.asked().run().value()).toArray(UUID[]::new);
    }

    private String[] texts(List<Spec> specs, Function<SubmitRequest.Checked, @Nullable JsonNode> what) {
        return specs.stream().map(spec -> text(what.apply(spec.asked()))).toArray(String[]::new);
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
