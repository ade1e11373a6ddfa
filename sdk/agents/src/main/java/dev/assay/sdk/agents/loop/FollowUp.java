// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import java.util.Optional;

/** What to say to a model that has stopped; nothing: it has finished. */
@FunctionalInterface
interface FollowUp {

    FollowUp NEVER = content -> Optional.empty();

    Optional<String> to(String content) throws InterruptedException;
}
