// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.deadletter;

import dev.assay.contracts.TeamId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that could not be delivered.
 *
 * @param id the same for the same payload under the same key of the same queue
 * @param queue where it was on its way: a Kafka topic and who read it, a table, a spool
 * @param key what it is about, as the queue has it: the canonical id of a run, of a build
 * @param team whose it is; null where that is not known
 * @param reason why it could not be delivered, for people
 * @param payload as the queue held it
 * @param times how often it was set aside
 * @param at when it was last set aside
 */
public record DeadLetter(
        UUID id, String queue, String key, @Nullable TeamId team, String reason, byte[] payload, int times, Instant at) {

    /** The payload of a queue whose records are texts. */
    public String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }
}
