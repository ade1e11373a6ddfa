// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.gateway.budget.Reservation.Charge;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;

/**
 * A call as it is booked: a line of the journal, and a row of {@code calls} whose columns have these names. Times are in milliseconds,
 * money in nano-dollars, sizes in bytes.
 *
 * @param runRef the run as the caller named it, where none of the team's is known by that name
 * @param ending done, failed, gone, late, cut, drained; lost: the gateway died before it ended
 * @param input null: it used nothing, or nobody knows
 * @param costNanos null: the price is unknown
 * @param replica whose slices the charges are taken out of
 */
@JsonNaming(SnakeCaseStrategy.class)
public record CallRow(
        UUID id,
        Instant at,
        UUID teamId,
        @Nullable UUID keyId,
        @Nullable UUID userId,
        @Nullable UUID runId,
        @Nullable String runRef,
        @Nullable UUID jobId,
        @Nullable Integer attempt,
        String dialect,
        String operation,
        String askedModel,
        String model,
        @Nullable String servedModel,
        @Nullable String upstream,
        int status,
        String ending,
        @Nullable String error,
        int attempts,
        boolean streamed,
        @Nullable Long firstMs,
        long totalMs,
        long bytesIn,
        long bytesOut,
        @Nullable Long input,
        @Nullable Long cached,
        @Nullable Long cacheWrite,
        @Nullable Long output,
        @Nullable Long reasoning,
        @Nullable Long images,
        boolean estimated,
        @Nullable String price,
        @Nullable Long costNanos,
        @Nullable String finish,
        @Nullable String requestId,
        UUID replica,
        List<Charge> charges) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** One line of JSON, without its end. */
    byte[] line() {
        return JSON.writeValueAsBytes(this);
    }

    /** @throws tools.jackson.core.JacksonException if it is none */
    static CallRow read(byte[] line) {
        return JSON.readValue(line, CallRow.class);
    }
}
