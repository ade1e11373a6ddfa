// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.enrolment;

import dev.assay.contracts.internal.WorkerHello;
import dev.assay.kit.identity.LentTokens;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.web.client.ResourceAccessException;

/**
 * The tokens of a worker that came by a credential. They are asked for anew when a third of their time is over, so that two tries may fail.
 * What was tried in vain is not tried again by everybody who needs one.
 */
@Component
@ConditionalOnBooleanProperty(EnrolFirst.ENROLLED)
class Enrolment implements LentTokens {

    private static final Logger LOG = LoggerFactory.getLogger(Enrolment.class);
    private static final Duration NOT_TO_THE_END = Duration.ofSeconds(5);

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    /** As often as tokens are asked for otherwise: a worker whose credential was revoked is nobody's load. */
    private static final Duration AFTER_REFUSAL = Duration.ofSeconds(40);

    /** Longer than one try. */
    private static final Duration PATIENCE = Duration.ofSeconds(12);

    private final Hello hello;
    private final InstantSource clock;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile @Nullable Lent lent;
    private volatile @Nullable Failed failed;

    @Autowired
    Enrolment(Environment environment) {
        this(EnrolFirst.hello(environment), InstantSource.system());
    }

    Enrolment(Hello hello, InstantSource clock) {
        this.hello = hello;
        this.clock = clock;
    }

    private record Lent(WorkerHello said, Instant at) {

        boolean isYoung(Instant now) {
            return !now.isBefore(at) && now.isBefore(at.plusMillis(said.goodForMillis() / 3));
        }

        boolean isGood(Instant now) {
            return !now.isBefore(at) && now.isBefore(at.plusMillis(said.goodForMillis()).minus(NOT_TO_THE_END));
        }
    }

    /** A clock may be set back: what was asked in its future counts for nothing. */
    private record Failed(IOException why, Instant at, Duration pause) {

        boolean holds(Instant now) {
            return !now.isBefore(at) && now.isBefore(at.plus(pause));
        }
    }

    @Override
    public String token(String audience) {
        var token = current().said().tokens().get(audience);
        if (token == null) {
            throw new IllegalStateException("job-service lends this worker no token for " + audience);
        }
        return token;
    }

    /** One asks; others go on with what there is, as long as it is good. */
    private Lent current() {
        var known = lent;
        var now = clock.instant();
        if (known != null && known.isYoung(now)) {
            return known;
        }
        if (known != null && known.isGood(now)) {
            if (!asking.tryLock()) {
                return known;
            }
        } else {
            await();
        }
        try {
            return asked(clock.instant());
        } finally {
            asking.unlock();
        }
    }

    private void await() {
        try {
            if (!asking.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ResourceAccessException("job-service lends no tokens: another asks for long");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static ResourceAccessException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new ResourceAccessException("interrupted while tokens were asked for", new IOException(e));
    }

    private Lent asked(Instant now) {
        var known = lent;
        if (known != null && known.isYoung(now)) {
            return known; // somebody was first
        }
        var before = failed;
        if (before != null && before.holds(now)) {
            return otherwise(known, now, before.why());
        }
        try {
            var fresh = new Lent(hello.say(), now);
            lent = fresh;
            failed = null;
            return fresh;
        } catch (Hello.Refused e) {
            lent = null;
            if (before == null || !(before.why() instanceof Hello.Refused)) {
                LOG.error("this worker can do nothing any more: {}", e.getMessage());
            }
            failed = new Failed(e, clock.instant(), AFTER_REFUSAL);
            return otherwise(null, now, e);
        } catch (IOException e) {
            failed = new Failed(e, clock.instant(), AFTER_FAILURE);
            return otherwise(known, now, e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static Lent otherwise(@Nullable Lent known, Instant now, IOException why) {
        if (known != null && known.isGood(now)) {
            return known;
        }
        throw new ResourceAccessException(
                why instanceof Hello.Refused ? String.valueOf(why.getMessage()) : "job-service lends no tokens: " + why.getMessage(), why);
    }
}
