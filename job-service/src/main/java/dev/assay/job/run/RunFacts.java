// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import org.jspecify.annotations.Nullable;

/**
 * What a run is, apart from where it stands. All of it may be unknown: reports come in any order.
 *
 * @param environmentVersion the number of the environment's version that it runs
 */
public record RunFacts(
        @Nullable JobId job,
        @Nullable String ref,
        @Nullable RunId parent,
        @Nullable String groupId,
        @Nullable String slug,
        @Nullable String environment,
        @Nullable String task,
        @Nullable String model,
        @Nullable String agent,
        @Nullable Integer environmentVersion) {

    public static final RunFacts NONE = new RunFacts(null, null, null, null, null, null, null, null, null, null);

    /** Of a run of which only this is known. */
    public static RunFacts ofRef(@Nullable String ref) {
        return new RunFacts(null, ref, null, null, null, null, null, null, null, null);
    }

    /** Of a run of which only this is known. */
    public static RunFacts ofVersion(@Nullable Integer environmentVersion) {
        return new RunFacts(null, null, null, null, null, null, null, null, null, environmentVersion);
    }

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
                first(agent, other.agent),
                first(environmentVersion, other.environmentVersion));
    }

    private static <T> @Nullable T first(@Nullable T one, @Nullable T other) {
        return one != null ? one : other;
    }
}
