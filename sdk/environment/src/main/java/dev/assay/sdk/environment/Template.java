// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment;

import org.jspecify.annotations.Nullable;

/**
 * The code of a task, from the first preparation to the evaluation, read top to bottom: prepare, ask the agent, grade its answer. It
 * runs on a thread of its own, which waits in {@link Agent#ask} for as long as the agent needs.
 *
 * <p>When the task is cancelled that thread is interrupted, wherever it is; what stands in {@code finally} runs then and there.
 *
 * @param <A> the arguments
 * @param <T> the type of the answer
 */
@FunctionalInterface
public interface Template<A, T> {

    /**
     * @return the evaluation: a number, a truth value, an {@link dev.assay.sdk.graders.EvaluationResult}, or a map with a {@code score}
     */
    @Nullable Object run(A args, Agent<T> agent) throws Exception;
}
