// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.dialect.Fields;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.kit.web.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.tomcat.util.http.MimeHeaders;

/** How long the client of a call waits, as far as it says so. Pure. */
final class ClientPatience {

    private static final List<String> OF_SDKS = List.of("x-stainless-timeout", "x-stainless-read-timeout");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}(\\.[0-9]{1,9})?");

    private ClientPatience() {}

    /**
     * For the call as a whole.
     *
     * @throws ModelErrorException 400 if it is no time, 504 if it is over
     */
    static Optional<Duration> said(MimeHeaders headers, Instant now) {
        try {
            var left = Deadline.of(name -> Collections.list(headers.values(name)), now).map(deadline -> deadline.left(now));
            if (left.isPresent() && !left.get().isPositive()) {
                throw new ModelErrorException(ModelError.of(504, "The deadline of this call was over before it was begun.").andNoUseTryingAgain());
            }
            return left;
        } catch (IllegalArgumentException e) {
            throw new ModelErrorException(ModelError.of(400, String.valueOf(e.getMessage())));
        }
    }

    /**
     * What SDKs say by themselves, in seconds: for how long they wait for an answer that is not streamed (of one that is, for its head).
     * 0 is less than one of them, and says nothing here, as whatever else is no number.
     */
    static Optional<Duration> ofSdk(Fields request) {
        Duration least = null;
        for (var name : OF_SDKS) {
            var said = request.first(name);
            if (said.isPresent() && SECONDS.matcher(said.get()).matches()) {
                var time = Duration.ofMillis((long) (Double.parseDouble(said.get()) * 1000));
                least = time.isPositive() && (least == null || time.compareTo(least) < 0) ? time : least;
            }
        }
        return Optional.ofNullable(least);
    }
}
