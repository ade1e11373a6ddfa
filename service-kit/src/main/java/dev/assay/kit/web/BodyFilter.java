// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import dev.assay.kit.problem.Problem;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Lets no controller read a body for which there is no memory. What is read beyond the largest body, or beyond the room that there is, ends
 * in a {@link Problem} that says so; the controller need not know.
 */
final class BodyFilter extends OncePerRequestFilter {

    private final BodySettings settings;
    private final BytesInFlight inFlight;
    private final MeterRegistry meters;
    private final long largest;
    private final List<PathPattern> streamed;

    BodyFilter(BodySettings settings, BytesInFlight inFlight, MeterRegistry meters) {
        this.settings = settings;
        this.inFlight = inFlight;
        this.meters = meters;
        this.largest = Math.min(settings.largest().toBytes(), inFlight.largest(settings.weight()));
        this.streamed = settings.streamed().stream().map(PathPatternParser.defaultInstance::parse).toList();
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        var path = PathContainer.parsePath(request.getRequestURI());
        return streamed.stream().anyMatch(pattern -> pattern.matches(path));
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var coding = InflatedBody.coding(request);
        var announced = coding.equals(InflatedBody.PLAIN) ? request.getContentLengthLong() : -1;
        try (var share = inFlight.open(announced, settings.weight())) {
            chain.doFilter(new BoundedRequest(request, coding, announced, share), response);
        }
    }

    private final class BoundedRequest extends HttpServletRequestWrapper {

        private final String coding;
        private final long announced;
        private final BytesInFlight.Share share;
        private @Nullable ServletInputStream body;

        BoundedRequest(HttpServletRequest request, String coding, long announced, BytesInFlight.Share share) {
            super(request);
            this.coding = coding;
            this.announced = announced;
            this.share = share;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (body == null) {
                // what is counted and bounded is what a body becomes, not what is sent of it
                body = new Bounded(InflatedBody.of(coding, super.getInputStream()), announced, share);
            }
            return body;
        }

        @Override
        public long getContentLengthLong() {
            return announced;
        }

        @Override
        public int getContentLength() {
            return announced > Integer.MAX_VALUE ? -1 : (int) announced;
        }

        @Override
        public BufferedReader getReader() throws IOException {
            var charset = getCharacterEncoding() == null ? StandardCharsets.UTF_8.name() : getCharacterEncoding();
            return new BufferedReader(new InputStreamReader(getInputStream(), charset));
        }
    }

    /** Reads only what there is room for. */
    private final class Bounded extends BlockingBody {

        private final long announced;
        private final BytesInFlight.Share share;
        private long received;

        Bounded(ServletInputStream in, long announced, BytesInFlight.Share share) {
            super(in);
            this.announced = announced;
            this.share = share;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (announced > largest) {
                throw tooLarge();
            }
            var got = in.read(buffer, offset, (int) Math.min(length, room() - received));
            received += Math.max(0, got);
            if (received > largest) {
                throw tooLarge();
            }
            if (share.standsInTheWay()) {
                throw refused("too_slow", busy("The body comes too slowly while others wait for its memory. Try again."));
            }
            return got;
        }

        /** Up to which length may be read: one byte at least, which tells whether there is more. */
        private long room() {
            if (received == largest || received == announced) {
                return received + 1;
            }
            try {
                return Math.min(largest, share.cover(received + 1, settings.patience()));
            } catch (BytesInFlight.NoRoomException e) {
                throw refused("no_room", busy("Too many large requests just now: there is no memory for this one. Try again."));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw busy("The service is being stopped. Try again.");
            }
        }

        private Problem tooLarge() {
            return refused("too_large", Problem.tooLarge("body: larger than the " + largest + " bytes that are taken here"));
        }

        /** What was refused lets go of its memory at once: the answer may have to wait for the rest of the body. */
        private Problem refused(String reason, Problem problem) {
            share.close();
            meters.counter("assay.body.refused", "reason", reason).increment();
            return problem;
        }
    }

    private Problem busy(String detail) {
        return Problem.unavailable(detail, settings.retryAfter());
    }
}
