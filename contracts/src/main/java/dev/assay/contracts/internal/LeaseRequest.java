// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /internal/leases} ({@code /internal/sessions/leases}, {@code /internal/builds/leases}): the worker whose token it is asks for
 * work, with one question for all its free slots. Answered with {@link Leased}, which has no leases when {@code waitMillis} have passed
 * without any; for a build, of which there is one at a time, with a {@link BuildLease} or 204.
 *
 * @param ask made up anew for each question that was answered, the same for one that is asked again because its answer was lost: it is
 *     answered with the leases that it was given, as long as those hold, and with no others; null: the question is not asked again
 * @param free how many leases may be given at most; for a build, of which there is one at a time, it may be null
 * @param kinds the runtimes that the worker has: of runs and sessions it gets those that need one of them, and with {@code compose},
 *     which is an engine, builds that want one; null: any
 * @param waitMillis how long to wait for work, at most 20000
 * @param isolation what keeps the worker's sandboxes in: {@code bubblewrap}, or {@code none}; null: it does not say
 */
public record LeaseRequest(
        @Nullable UUID ask, @Nullable Integer free, @Nullable List<String> kinds, long waitMillis, @Nullable String isolation) {}
