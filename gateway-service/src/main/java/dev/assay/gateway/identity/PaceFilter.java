// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.assay.contracts.RunId;
import dev.assay.kit.cache.Caches;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * So that one client that runs wild leaves room for others: what comes faster than {@code assay.pace} gets 429. Counted by key, by the user
 * of a browser that is signed in without one, and else by address, by each replica for itself. Nothing is sent away that a run lives from,
 * of which clients have any number under way, each of which asks by itself, and not always twice: submitting and cancelling it, looking how
 * it stands, its spans, its sandbox and the way into it. Nor are uploads, which were promised room; model calls have budgets. It stands
 * behind the doors: who is not let in is not counted here. The key of a run, which strangers' code holds, is counted wherever it comes.
 */
final class PaceFilter extends OncePerRequestFilter {

    private static final int MOST_SENDERS = 10_000;
    private static final List<String> NOT_COUNTED = List.of("/v2/rollouts/", "/v2/trace/", "/v2/playground/");

    private final Pace pace;
    private final Function<HttpServletRequest, String> addresses;
    private final Ticker time;
    private final Cache<Object, Long> senders;

    /** @param addresses where a request comes from */
    PaceFilter(Pace pace, Function<HttpServletRequest, String> addresses, Ticker time) {
        this.pace = pace;
        this.addresses = addresses;
        this.time = time;
        this.senders = Caches.builder()
                .maximumSize(MOST_SENDERS)
                .expireAfterWrite(Duration.ofSeconds(Math.ceilDiv(pace.burst(), pace.perSecond()) + 1))
                .ticker(time)
                .build();
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        var path = request.getRequestURI();
        return !path.startsWith("/v2/") && !path.equals("/v3/api-docs")
                || Entrance.UPLOADS.matches(request)
                || Entrant.current().filter(entrant -> entrant.caller().role() == Role.SERVICE).isPresent() // for many people at once
                || NOT_COUNTED.stream().anyMatch(path::startsWith) && runOfKey().isEmpty() && !isByLink();
    }

    /** Of whoever has a link, which anybody may, neither. A person without a key holds one. */
    private static boolean isByLink() {
        return Entrant.current().filter(entrant -> entrant.caller().role().person() && entrant.holder() == null).isPresent();
    }

    /** Of whoever holds a run's key, which strangers' code does, nothing is let through uncounted. */
    private static Optional<RunId> runOfKey() {
        return Entrant.current().map(Entrant::caller).map(Caller::run);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var wait = nanosToWait(sender(request));
        if (wait == 0) {
            chain.doFilter(request, response);
            return;
        }
        response.setHeader("Retry-After", String.valueOf(Math.ceilDiv(wait, Duration.ofSeconds(1).toNanos())));
        ProblemWriter.write(response, HttpStatus.TOO_MANY_REQUESTS, "Too many requests at once: "
                + pace.perSecond() + " a second are taken of one key, and a few more after a pause.");
    }

    private Object sender(HttpServletRequest request) {
        return Entrant.current()
                .map(Entrant::holder)
                .<Object>map(holder -> holder.payer() == null ? holder.caller().user() : holder.payer())
                .or(PaceFilter::runOfKey)
                .orElseGet(() -> LockOut.counted(addresses.apply(request)));
    }

    /** 0: it is taken, and counted. */
    private long nanosToWait(Object sender) {
        var now = time.read();
        var wait = new long[1];
        senders.asMap().compute(sender, (unused, known) -> {
            var paid = known == null ? now : known;
            wait[0] = pace.nanosToWait(paid, now);
            return wait[0] > 0 ? paid : pace.after(paid, now);
        });
        return wait[0];
    }
}
