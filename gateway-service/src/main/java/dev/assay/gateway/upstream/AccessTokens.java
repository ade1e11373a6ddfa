// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.wire.Connections;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The access token of a service account: kept as long as it is good, and renewed before it is not, by one call, while others go on with the
 * one that is there.
 */
final class AccessTokens {

    private static final Duration EARLY = Duration.ofMinutes(5);
    /** After a failure, others are told of it for so long instead of failing one after the other. */
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final int LARGEST_ANSWER = 64 * 1024;

    /** Whom a token is asked. */
    interface Source {
        /** @return status and body */
        Connections.Got ask(Map<String, String> form) throws IOException;
    }

    /** None was given. */
    static final class RefusedException extends IOException {
        RefusedException(String message) {
            super(message);
        }
    }

    private record Token(String text, long oldNanos, long overNanos) {}

    private record Failure(IOException why, long untilNanos) {}

    private final ServiceAccount account;
    private final Source source;
    private final Clock clock;
    private final LongSupplier nanos;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile @Nullable Token token;
    private volatile @Nullable Failure failure;

    /** @param nanos as {@link System#nanoTime()} */
    AccessTokens(ServiceAccount account, Source source, Clock clock, LongSupplier nanos) {
        this.account = account;
        this.source = source;
        this.clock = clock;
        this.nanos = nanos;
    }

    /** @throws IOException if there is none, and none can be had */
    String get() throws IOException {
        var kept = token;
        if (kept != null && nanos.getAsLong() - kept.oldNanos() < 0) {
            return kept.text();
        }
        if (kept != null && nanos.getAsLong() - kept.overNanos() < 0) {
            return early(kept);
        }
        try {
            asking.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("nobody waits for a token any more");
        }
        try {
            var now = token;
            return now != null && now != kept ? now.text() : renewed();
        } finally {
            asking.unlock();
        }
    }

    private String early(Token kept) {
        if (!asking.tryLock()) {
            return kept.text();
        }
        try {
            return renewed();
        } catch (IOException e) {
            return kept.text(); // it is good still
        } finally {
            asking.unlock();
        }
    }

    private String renewed() throws IOException {
        var last = failure;
        if (last != null && nanos.getAsLong() - last.untilNanos() < 0) {
            throw last.why();
        }
        try {
            var asked = nanos.getAsLong();
            var answer = source.ask(account.grant(clock.instant()));
            if (answer.status() == 429 || answer.status() >= 500) {
                throw new IOException("no token for " + account + " just now: status " + answer.status());
            }
            if (answer.status() != 200 || answer.body().length > LARGEST_ANSWER) {
                throw new RefusedException("no token for " + account + ": status " + answer.status());
            }
            var tree = ModelJson.MAPPER.readTree(answer.body());
            var text = tree.path("access_token").asString("");
            var life = Duration.ofSeconds(Math.clamp(tree.path("expires_in").asLong(0), 1, ServiceAccount.LIFETIME.toSeconds()));
            if (text.isEmpty() || !text.chars().allMatch(c -> c > ' ' && c < 127)) {
                throw new RefusedException("no token for " + account + " in the answer");
            }
            var early = life.compareTo(EARLY.multipliedBy(2)) > 0 ? EARLY : life.dividedBy(2);
            token = new Token(text, asked + life.minus(early).toNanos(), asked + life.toNanos());
            failure = null;
            return text;
        } catch (JacksonException e) {
            throw failed(new RefusedException("no token for " + account + ": the answer is no JSON"));
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e; // its call has ended, and that says nothing to others
            }
            throw failed(e);
        }
    }

    private IOException failed(IOException why) {
        failure = new Failure(why, nanos.getAsLong() + PAUSE.toNanos());
        return why;
    }
}
