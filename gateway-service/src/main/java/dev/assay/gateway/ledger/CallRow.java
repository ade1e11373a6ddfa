// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.gateway.budget.Reservation.Charge;
import dev.assay.kit.text.StorableText;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
 * @param tries each upstream that was asked, in order; null where one was asked and answered, whom the other members tell
 * @param input null: it used nothing, or nobody knows
 * @param costNanos null: the price is unknown, of all or of a part
 * @param serviceTier at which whoever answered served it; null: the usual one
 * @param checkpoint of the model, where a trainer answered and says which; null: none did, or from the first weights
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
        @Nullable List<Tried> tries,
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
        @Nullable String serviceTier,
        @Nullable String checkpoint,
        UUID replica,
        List<Charge> charges) {

    private static final int LONGEST = 300;
    private static final int LONGEST_ERROR = 1000;

    /** Clients and upstreams write most of these texts: here, whoever they come from, they become such as the database takes. */
    public CallRow {
        at = at.truncatedTo(ChronoUnit.MICROS); // as the database has it
        runRef = text(runRef, LONGEST);
        askedModel = text(askedModel, LONGEST);
        model = text(model, LONGEST);
        servedModel = text(servedModel, LONGEST);
        upstream = text(upstream, LONGEST);
        error = text(error, LONGEST_ERROR);
        price = text(price, LONGEST);
        finish = text(finish, LONGEST);
        requestId = text(requestId, LONGEST);
        serviceTier = text(serviceTier, LONGEST);
        checkpoint = text(checkpoint, LONGEST);
    }

    private static @Nullable String text(@Nullable String text, int longest) {
        return text == null ? null : StorableText.of(text.length() > longest ? text.substring(0, longest) : text);
    }

    /**
     * One try at an upstream.
     *
     * @param status its answer's; 0: none came
     * @param ms how long it took
     * @param error why it does not count; null: it is the answer
     * @param input_tokens that it used; null: it told of none
     * @param service_tier null: the usual one
     * @param price by which it was reckoned; null: unknown
     * @param cost_usd null: the price is unknown, or nothing was used
     */
    public record Tried(
            String upstream,
            @Nullable String model,
            int status,
            long ms,
            @Nullable String error,
            @Nullable Long input_tokens,
            @Nullable Long cached_tokens,
            @Nullable Long output_tokens,
            @Nullable Long reasoning_tokens,
            @Nullable String service_tier,
            @Nullable String price,
            @Nullable BigDecimal cost_usd) {

        public Tried {
            upstream = text(upstream, LONGEST);
            model = text(model, LONGEST);
            error = text(error, LONGEST);
            service_tier = text(service_tier, LONGEST);
            price = text(price, LONGEST);
        }
    }

    /** Whether tokens were used at another upstream than the one that it is booked under. */
    boolean usedElsewhere() {
        return tries != null && tries.stream().anyMatch(one -> one.input_tokens() != null && !one.upstream().equals(upstream));
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** One line of JSON, without its end. */
    byte[] line() {
        return line(new JsonLine()).bytes();
    }

    /** What is null is left out. */
    JsonLine line(JsonLine line) {
        line.open()
                .id("id", id)
                .time("at", at)
                .id("team_id", teamId)
                .id("key_id", keyId)
                .id("user_id", userId)
                .id("run_id", runId)
                .text("run_ref", runRef)
                .id("job_id", jobId)
                .number("attempt", attempt)
                .text("dialect", dialect)
                .text("operation", operation)
                .text("asked_model", askedModel)
                .text("model", model)
                .text("served_model", servedModel)
                .text("upstream", upstream)
                .number("status", status)
                .text("ending", ending)
                .text("error", error)
                .number("attempts", attempts);
        writeTries(line);
        line.flag("streamed", streamed)
                .number("first_ms", firstMs)
                .number("total_ms", totalMs)
                .number("bytes_in", bytesIn)
                .number("bytes_out", bytesOut)
                .number("input", input)
                .number("cached", cached)
                .number("cache_write", cacheWrite)
                .number("output", output)
                .number("reasoning", reasoning)
                .number("images", images)
                .flag("estimated", estimated)
                .text("price", price)
                .number("cost_nanos", costNanos)
                .text("finish", finish)
                .text("request_id", requestId)
                .text("service_tier", serviceTier)
                .text("checkpoint", checkpoint)
                .id("replica", replica)
                .openList("charges");
        for (var charge : charges) {
            line.open().id("budget", charge.budget()).number("nanos", charge.nanos()).number("tokens", charge.tokens()).close();
        }
        return line.closeList().close();
    }

    /** As a member of what is being written, if there is something to tell. */
    public void writeTries(JsonLine line) {
        if (tries != null) {
            writeTries(tries, line.openList("tries"));
        }
    }

    /** As a list of JSON; null: there is nothing to tell. */
    byte @Nullable [] triesAsJson() {
        return tries == null ? null : writeTries(tries, new JsonLine().openList()).bytes();
    }

    private static JsonLine writeTries(List<Tried> tries, JsonLine list) {
        for (var one : tries) {
            list.open()
                    .text("upstream", one.upstream())
                    .text("model", one.model())
                    .number("status", one.status())
                    .number("ms", one.ms())
                    .text("error", one.error())
                    .number("input_tokens", one.input_tokens())
                    .number("cached_tokens", one.cached_tokens())
                    .number("output_tokens", one.output_tokens())
                    .number("reasoning_tokens", one.reasoning_tokens())
                    .text("service_tier", one.service_tier())
                    .text("price", one.price())
                    .raw("cost_usd", one.cost_usd() == null ? null : one.cost_usd().toPlainString())
                    .close();
        }
        return list.closeList();
    }

    /** @throws tools.jackson.core.JacksonException if it is none */
    static CallRow read(byte[] line) {
        return JSON.readValue(line, CallRow.class);
    }
}
