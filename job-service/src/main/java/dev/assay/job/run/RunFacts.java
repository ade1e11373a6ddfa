// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import org.jspecify.annotations.Nullable;

/** What a run is, apart from where it stands. All of it may be unknown: reports come in any order. */
public record RunFacts(
        @Nullable JobId job,
        @Nullable String ref,
        @Nullable RunId parent,
        @Nullable String groupId,
        @Nullable String slug,
        @Nullable String environment,
        @Nullable String task,
        @Nullable String model,
        @Nullable String agent) {

    public static final RunFacts NONE = new RunFacts(null, null, null, null, null, null, null, null, null);

    /** What is known already stays; what is not is filled in. */
    RunFacts filledFrom(RunFacts other) {
        return new RunFacts(
                first(job, other.job),
                first(ref, other.ref),
                first(parent, other.parent),
                first(groupId, other.groupId),
                first(slug, other.slug),
                first(environment, other.environment),
                first(task, other.task),
                first(model, other.model),
                first(agent, other.agent));
    }

    private static <T> @Nullable T first(@Nullable T one, @Nullable T other) {
        return one != null ? one : other;
    }
}
