// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.enrolment;

import dev.assay.contracts.internal.WorkerHello;
import dev.assay.kit.identity.LentTokens;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.web.client.ResourceAccessException;

/** The tokens of a worker that came by a credential. They are asked for anew when a third of their time is over, so that two tries may fail. */
@Component
@ConditionalOnBooleanProperty(EnrolFirst.ENROLLED)
class Enrolment implements LentTokens {

    private static final Logger LOG = LoggerFactory.getLogger(Enrolment.class);
    private static final Duration NOT_TO_THE_END = Duration.ofSeconds(5);

    private final Hello hello;
    private final InstantSource clock;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile @Nullable Lent lent;

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
            return now.isBefore(at.plusMillis(said.goodForMillis() / 3));
        }

        boolean isGood(Instant now) {
            return now.isBefore(at.plusMillis(said.goodForMillis()).minus(NOT_TO_THE_END));
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
            asking.lock();
        }
        try {
            return asked(clock.instant());
        } finally {
            asking.unlock();
        }
    }

    private Lent asked(Instant now) {
        var known = lent;
        if (known != null && known.isYoung(now)) {
            return known; // somebody was first
        }
        try {
            var fresh = new Lent(hello.say(), now);
            lent = fresh;
            return fresh;
        } catch (Hello.Refused e) {
            lent = null;
            LOG.error("this worker can do nothing any more: {}", e.getMessage());
            throw new ResourceAccessException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            if (known != null && known.isGood(now)) {
                return known;
            }
            throw new ResourceAccessException("job-service lends no tokens: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ResourceAccessException("interrupted while tokens were asked for", new IOException(e));
        }
    }
}
