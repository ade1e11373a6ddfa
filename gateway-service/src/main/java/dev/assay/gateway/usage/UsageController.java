// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.usage;

import dev.assay.kit.identity.AdmitsAnybody;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Anybody may send these, so nothing of them is read or kept: a body cannot be believed, but a number of calls can be seen. */
@RestController
@AdmitsAnybody
@Tag(name = "Telemetry")
class UsageController {

    private static final long LARGEST = 64 * 1024;
    private static final int MOST_PER_SECOND = 50;

    private final Clock clock;
    private final Counter accepted;
    private final Counter refused;
    private long second;
    private int inSecond;

    UsageController(Clock clock, MeterRegistry meters) {
        this.clock = clock;
        this.accepted = Counter.builder("assay.usage.events").tag("outcome", "accepted").register(meters);
        this.refused = Counter.builder("assay.usage.events").tag("outcome", "refused").register(meters);
    }

    @Operation(
            summary = "Usage events of the command line client",
            description = "Counted and discarded. At most 50 a second and 64 KiB each; needs no key.")
    @SecurityRequirements
    @PostMapping("/telemetry/v3/api/sdk-events/cli")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Refuses(status = 413, when = "More than 64 KiB.")
    @Refuses(status = 429, when = "More than 50 a second came, from everybody together.")
    void count(HttpServletRequest request) {
        if (request.getContentLengthLong() > LARGEST) {
            refused.increment();
            throw Problem.tooLarge("body: larger than " + LARGEST + " bytes");
        }
        if (!admit()) {
            refused.increment();
            throw Problem.tooMany("More usage events came within a second than are counted.", 1);
        }
        accepted.increment();
    }

    private synchronized boolean admit() {
        var now = clock.instant().getEpochSecond();
        if (now != second) {
            second = now;
            inSecond = 0;
        }
        return ++inSecond <= MOST_PER_SECOND;
    }
}
