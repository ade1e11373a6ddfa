// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.gateway.budget.Money;
import dev.assay.gateway.ledger.UsageReport.By;
import dev.assay.gateway.ledger.UsageReport.Filter;
import dev.assay.gateway.ledger.UsageReport.Sum;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.Csv;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

@RestController
@Admits(Role.VIEWER)
@Tag(name = "Usage")
class UsageReportController {

    private static final int MOST = 10_000;
    /** A table has no other place to say it. */
    private static final String MORE = "x-assay-more";
    private static final List<String> NUMBERS = List.of(
            "calls", "errors", "input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens", "cost_usd", "unpriced_calls",
            "estimated_calls", "first_byte_ms", "total_ms");

    private final UsageReport report;
    private final JsonMapper json;

    UsageReportController(UsageReport report, JsonMapper json) {
        this.report = report;
        this.json = json;
    }

    /** What calls used that have something in common, for the API document. */
    @Schema(example =
            """
            {"items": [{"model": "claude-sonnet-4-6", "calls": 12, "errors": 0, "input_tokens": 48000, "cached_tokens": 41000,
             "output_tokens": 3100, "reasoning_tokens": 0, "cost_usd": 0.0798, "unpriced_calls": 0, "estimated_calls": 0,
             "first_byte_ms": 640.5, "total_ms": 2210.0}], "more": false}""")
    record Usages(
            @Schema(description = "One for each of what is asked for with `by`, which stands in it. Null: none, or not asked for.")
                    List<UsageSum> items,
            @Schema(description = "Whether there are more than 10,000.") boolean more) {}

    /** Numbers of some calls. */
    record UsageSum(
            @Nullable String model,
            @Nullable UUID key,
            @Nullable UUID user,
            @Nullable UUID job,
            @Nullable UUID run,
            @Nullable String upstream,
            @Nullable Instant day,
            @Nullable Instant hour,
            long calls,
            @Schema(description = "Calls that did not end well: refused, broken off, left by their client.") long errors,
            @Schema(description = "Cached ones included.") long input_tokens,
            long cached_tokens,
            @Schema(description = "Reasoning included.") long output_tokens,
            long reasoning_tokens,
            @Schema(description = "Of those whose price is known. What was used at an upstream that was asked before the one that answered "
                            + "is that upstream's, as are its tokens: `calls` and times are of those that answered, or were asked last.")
                    BigDecimal cost_usd,
            @Schema(description = "Calls whose price nobody knows: what they cost is not in cost_usd.") long unpriced_calls,
            @Schema(description = "Calls whose usage is a guess, since nobody told it.") long estimated_calls,
            @Schema(description = "On average; null: none had an answer.") @Nullable Double first_byte_ms,
            @Nullable Double total_ms) {}

    @Operation(
            summary = "What the team's calls used and cost",
            description = "Added up by model, key, user, job, run, upstream, day or hour, or by several of them: `by=day,model`. Days and "
                    + "hours are UTC's. Without `by` one sum of all. With `Accept: text/csv` or `format=csv` as a table; its header "
                    + "`x-assay-more` says whether there are more than 10,000 lines. Calls are counted within a second of their end. By "
                    + "user or run, or between times that are no whole hours, only calls count that are still kept one by one "
                    + "(`ASSAY_CALLS_KEEP`).",
            responses = @ApiResponse(responseCode = "200", description = "The sums, the dearest first, by time the latest", content = {
                @Content(mediaType = "application/json", schema = @Schema(implementation = Usages.class)),
                @Content(mediaType = "text/csv", schema = @Schema(type = "string"))
            }))
    @Admits({Role.VIEWER, Role.SERVICE}) // grading-service tells what jobs cost
    @GetMapping("/v2/usage")
    ResponseEntity<byte[]> usage(
            Caller caller,
            @Parameter(description = "ISO 8601; left out: from the first call on.", schema = @Schema(type = "string", format = "date-time"))
                    @RequestParam(required = false)
                    @Nullable String from,
            @Parameter(description = "The first moment that counts no more.", schema = @Schema(type = "string", format = "date-time"))
                    @RequestParam(required = false)
                    @Nullable String to,
            @Parameter(description = "model, key, user, job, run, upstream, day, hour, with commas between.")
                    @RequestParam(required = false)
                    @Nullable String by,
            @Parameter(schema = @Schema(type = "string", format = "uuid")) @RequestParam(required = false) @Nullable String key,
            @Parameter(schema = @Schema(type = "string", format = "uuid")) @RequestParam(required = false) @Nullable String user,
            @Parameter(schema = @Schema(type = "string", format = "uuid")) @RequestParam(required = false) @Nullable String job,
            @Parameter(schema = @Schema(type = "string", format = "uuid")) @RequestParam(required = false) @Nullable String run,
            @RequestParam(required = false) @Nullable String model,
            @RequestParam(required = false) @Nullable String upstream,
            @Parameter(schema = @Schema(type = "string", allowableValues = {"json", "csv"})) @RequestParam(required = false)
                    @Nullable String format,
            @Parameter(hidden = true) @RequestHeader(name = "Accept", required = false)
                    @Nullable String accept) {
        var groups = groups(by);
        CallQueries.requireOrder(CallQueries.time("from", from), CallQueries.time("to", to));
        var filter = new Filter(
                CallQueries.time("from", from), CallQueries.time("to", to), CallQueries.uuid("key", key), CallQueries.uuid("user", user),
                CallQueries.uuid("job", job), CallQueries.uuid("run", run), CallQueries.text("model", model),
                CallQueries.text("upstream", upstream));
        var csv = isCsv(format, accept);
        var sums = report.sums(caller.team(), filter, groups, MOST + 1);
        var shown = sums.subList(0, Math.min(MOST, sums.size()));
        return csv
                ? ResponseEntity.ok()
                        .contentType(new MediaType("text", "csv", StandardCharsets.UTF_8))
                        .header("Content-Disposition", "attachment; filename=\"usage.csv\"")
                        .header(MORE, String.valueOf(sums.size() > MOST))
                        .body(csv(shown, groups).getBytes(StandardCharsets.UTF_8))
                : ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(json.writeValueAsBytes(new Told(
                        shown.stream().map(sum -> members(sum, List.of(By.values()))).toList(), sums.size() > MOST)));
    }

    /** {@link Usages} as it is written: each sum with those groups only that were asked for. */
    private record Told(List<Map<String, Object>> items, boolean more) {}

    private static List<By> groups(@Nullable String by) {
        if (by == null || by.isBlank()) {
            return List.of();
        }
        var groups = Arrays.stream(by.split(",", -1))
                .map(word -> Arrays.stream(By.values()).filter(one -> one.word().equals(word.strip())).findFirst().orElseThrow(
                        () -> Problem.badRequest("by", "must be some of "
                                + Arrays.stream(By.values()).map(By::word).collect(Collectors.joining(", ")) + ", with commas between")))
                .distinct()
                .toList();
        if (groups.size() > 4) {
            throw Problem.badRequest("by", "at most four at once");
        }
        return groups;
    }

    private static boolean isCsv(@Nullable String format, @Nullable String accept) {
        if (format == null) {
            return accept != null && accept.startsWith("text/csv");
        }
        if (!format.equals("csv") && !format.equals("json")) {
            throw Problem.badRequest("format", "must be json or csv");
        }
        return format.equals("csv");
    }

    private static Map<String, @Nullable Object> members(Sum sum, List<By> groups) {
        var members = new LinkedHashMap<String, @Nullable Object>();
        groups.forEach(one -> members.put(one.word(), sum.of().get(one)));
        var numbers = Arrays.asList(
                sum.calls(), sum.errors(), sum.input(), sum.cached(), sum.output(), sum.reasoning(), Money.dollars(sum.costNanos()),
                sum.unpriced(), sum.estimated(), sum.firstMs(), sum.totalMs());
        for (var number = 0; number < NUMBERS.size(); number++) {
            members.put(NUMBERS.get(number), numbers.get(number));
        }
        return members;
    }

    private static String csv(List<Sum> sums, List<By> groups) {
        var head = Stream.concat(groups.stream().map(By::word), NUMBERS.stream()).collect(Collectors.joining(","));
        return Stream.concat(Stream.of(head), sums.stream().map(sum -> members(sum, groups).values().stream()
                        .map(Csv::cell).collect(Collectors.joining(","))))
                .collect(Collectors.joining("\r\n", "", "\r\n"));
    }
}
