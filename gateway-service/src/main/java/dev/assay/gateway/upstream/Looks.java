// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.contracts.internal.OfferedModels.Offer;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.wire.Connections;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks upstreams what they serve, and whether they are there: one question at a time each, bounded in time, size and pages. What they answer
 * never counts as a failed call: only calls do. An upstream that is left alone, and answers, is let in again.
 */
@Component
class Looks {

    private static final Logger log = LoggerFactory.getLogger(Looks.class);

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** Whoever asks more often is told what is known. */
    private static final Duration AGAIN = Duration.ofSeconds(5);
    /** All pages of a list. A team's may come from anybody: as a tree it would be many times as large. */
    private static final int LARGEST = 32 << 20;
    private static final int LARGEST_OF_A_TEAM = 2 << 20;
    private static final long MOST_TOKENS_OF_A_TEAM = 300_000;
    private static final JsonMapper OF_A_TEAM = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxTokenCount(MOST_TOKENS_OF_A_TEAM).build())
                    .build())
            .build();
    private static final int PAGES = 20;
    private static final int MOST_OF_EVERYBODYS = 20_000;
    private static final int MOST_OF_A_TEAM = 2000;

    private final Clock clock;
    private final Duration patience;

    @Autowired
    Looks(Clock clock) {
        this(clock, PATIENCE);
    }

    /** @param patience with an upstream's list, to the end of its last page */
    Looks(Clock clock, Duration patience) {
        this.clock = clock;
        this.patience = patience;
    }

    /** The answer is no list of models. What it says may be read by anybody. */
    private static final class UnlistedException extends IOException {
        UnlistedException(String message) {
            super(message);
        }
    }

    /** Asks for the list, where there is one. A list that cannot be had leaves the last one where it is. */
    void list(Upstreams.Known known) {
        var settings = known.settings();
        if (settings == null) {
            return;
        }
        if (!settings.isListed()) {
            known.listing().offers(ListedModels.named(settings));
            return;
        }
        known.listing().onlyOnce(() -> look(known, () -> known.listing().offers(offers(known, settings))));
    }

    /** Asks for the list, or, where there is none, for anything at all: to see whether it answers, and takes our credential. */
    void probe(Upstreams.Known known) {
        var last = known.listing().look();
        if (last != null && last.isYoungerThan(AGAIN, System.nanoTime())) {
            return;
        }
        var settings = known.settings();
        if (settings != null && settings.isListed()) {
            list(known);
        } else {
            known.listing().onlyOnce(() -> look(known, () -> greet(known)));
        }
    }

    private interface Question {
        void ask() throws IOException;
    }

    private void look(Upstreams.Known known, Question question) {
        String error = null;
        try {
            question.ask();
            known.breaker().answersAgain();
        } catch (IOException | IllegalArgumentException | JacksonException e) {
            error = words(e);
            log.warn("upstream {} does not answer a look: {}", known.name(), e.toString());
        }
        known.listing().looked(new Listing.Look(clock.instant(), System.nanoTime(), error));
    }

    private List<Offer> offers(Upstreams.Known known, UpstreamSettings settings) throws IOException {
        var until = System.nanoTime() + patience.toNanos();
        var most = known.isTeams() ? MOST_OF_A_TEAM : MOST_OF_EVERYBODYS;
        var offers = new ArrayList<Offer>();
        var pages = new HashSet<String>();
        var left = known.isTeams() ? LARGEST_OF_A_TEAM : LARGEST;
        for (String page = null; ; ) {
            var answer = get(known, page, until, left);
            left -= answer.body().length;
            if (answer.status() != 200) {
                throw new UnlistedException("it answers with status " + answer.status());
            }
            var list = (known.isTeams() ? OF_A_TEAM : ModelJson.MAPPER).readTree(answer.body());
            offers.addAll(ListedModels.offers(settings, list));
            if (offers.size() > most) {
                throw new UnlistedException("it lists more than " + most + " models: name those that are wanted");
            }
            page = ListedModels.next(settings, list);
            if (page == null) {
                return List.copyOf(offers);
            }
            if (!pages.add(page) || pages.size() >= PAGES) {
                throw new UnlistedException("its list does not end after " + pages.size() + " pages");
            }
        }
    }

    /** What is built in is here. */
    private void greet(Upstreams.Known known) throws IOException {
        if (known.settings() == null) {
            return;
        }
        var status = get(known, null, System.nanoTime() + patience.toNanos(), LARGEST_OF_A_TEAM).status();
        if (status == 401 || status == 403 || status == 407 || status >= 500) {
            throw new UnlistedException("it answers with status " + status);
        }
    }

    private Connections.Got get(Upstreams.Known known, @Nullable String page, long until, int largest) throws IOException {
        var address = known.address();
        return known.connections().get(address.list(page), address.listHeaders(page), Duration.ofNanos(until - System.nanoTime()), largest);
    }

    /** What an exception says may name hosts inside, and quote what was sent. */
    private String words(Exception e) {
        return switch (e) {
            case UnlistedException x -> String.valueOf(e.getMessage());
            case AccessTokens.RefusedException x -> "no token is given to its service account";
            case IllegalArgumentException x -> String.valueOf(e.getMessage());
            case StreamConstraintsException x -> "its list is too large";
            case JacksonException x -> "it answers with no JSON";
            case UnknownHostException x -> "its name is not known, or is no public address";
            case ConnectTimeoutException x -> "it cannot be connected to";
            case ConnectException x -> "it cannot be connected to";
            case NoRouteToHostException x -> "it cannot be connected to";
            case SSLException x -> "there is no TLS with it";
            case InterruptedIOException x -> "its answer did not come within " + patience;
            default -> "it breaks off";
        };
    }
}
