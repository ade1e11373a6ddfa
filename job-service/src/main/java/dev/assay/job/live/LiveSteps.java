// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.live;

import dev.assay.job.live.Steps.Step;
import dev.assay.job.live.Subscriber.News;
import dev.assay.kit.problem.Problem;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Reads what happens, once for all who watch here, and tells each what is theirs. Nothing is read while nobody watches. Each replica reads
 * for itself: the steps are in the database, whoever has made them.
 */
@Component
class LiveSteps implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(LiveSteps.class);
    private static final int MOST_AT_ONCE = 1000;
    private static final int MOST_SUBSCRIBERS = 5000;

    private final Steps steps;
    private final Duration interval;

    /** Guarded by this, as all that follows. */
    private final Map<Topic, Set<Subscriber>> subscribers = new HashMap<>();

    /** What may be over, and the transaction that has to be told of before that is said; 0: not known yet. */
    private final Map<Topic, Long> ending = new HashMap<>();

    private Place read = new Place(0, 0);
    private int count;
    private boolean running;

    LiveSteps(Steps steps, @Value("${assay.live.interval}") Duration interval, MeterRegistry meters) {
        this.steps = steps;
        this.interval = interval;
        meters.gauge("assay.live.watching", this, LiveSteps::watching);
    }

    private synchronized int watching() {
        return count;
    }

    /** @throws Problem 503 if too many watch here, or if the service is stopping */
    Subscriber subscribe(Topic topic) {
        return subscribe(topic, MOST_SUBSCRIBERS);
    }

    /** @param most for whom there is no room if so many watch */
    Subscriber subscribe(Topic topic, int most) {
        var horizon = steps.horizon();
        synchronized (this) {
            if (!running || count >= most) {
                throw Problem.unavailable("So many watch here that there is no room for one more just now.", Duration.ofSeconds(5));
            }
            if (count == 0) {
                read = new Place(horizon, 0);
            }
            var subscriber = new Subscriber(topic, read);
            subscribers.computeIfAbsent(topic, first -> new HashSet<>()).add(subscriber);
            ending.putIfAbsent(topic, 0L);
            count++;
            notifyAll();
            return subscriber;
        }
    }

    synchronized void unsubscribe(Subscriber subscriber) {
        var others = subscribers.get(subscriber.topic());
        if (others != null && others.remove(subscriber)) {
            count--;
            if (others.isEmpty()) {
                subscribers.remove(subscriber.topic());
                ending.remove(subscriber.topic());
            }
        }
    }

    private void readOn() {
        while (awaitSomebody()) {
            try {
                look();
                Thread.sleep(interval);
            } catch (DataAccessException | TransactionException e) {
                log.warn("what happens cannot be read just now: {}", e.toString());
                pause();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean awaitSomebody() {
        try {
            while (running && count == 0) {
                wait();
            }
            return running;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** One look for all. */
    private void look() {
        Place from;
        synchronized (this) {
            from = read;
        }
        var horizon = steps.horizon();
        List<Step> found;
        do {
            found = steps.after(from, MOST_AT_ONCE);
            from = tell(found, from);
        } while (found.size() == MOST_AT_ONCE);
        tellEnds(horizon);
    }

    private synchronized Place tell(List<Step> found, Place from) {
        if (!from.equals(read)) { // all had gone, and somebody new has come meanwhile
            return read;
        }
        for (var step : found) {
            tell(Topic.run(step.run()), step);
            if (step.job() != null) {
                tell(Topic.job(step.job()), step);
            }
            read = step.place();
        }
        return read;
    }

    private void tell(Topic topic, Step step) {
        var watching = subscribers.get(topic);
        if (watching != null) {
            watching.forEach(subscriber -> subscriber.tell(new News.Made(step)));
            if (step.isEnd()) {
                ending.putIfAbsent(topic, 0L);
            }
        }
    }

    /**
     * Something is over once nothing goes on in it and all that has led there was told: every transaction that could be seen when it was
     * found to be over has to be older than what is read by now.
     */
    private void tellEnds(long horizon) {
        Set<Topic> asked;
        synchronized (this) {
            asked = Set.copyOf(ending.keySet());
        }
        if (asked.isEmpty()) {
            return;
        }
        var over = steps.over(asked);
        var newest = over.isEmpty() ? 0 : steps.newest();
        synchronized (this) {
            for (var topic : asked) {
                var known = ending.get(topic);
                if (!over.contains(topic)) {
                    ending.remove(topic);
                } else if (known != null && known == 0) {
                    ending.put(topic, newest);
                } else if (known != null && known <= horizon) {
                    ending.remove(topic);
                    subscribers.getOrDefault(topic, Set.of()).forEach(subscriber -> subscriber.tell(new News.Over()));
                }
            }
        }
    }

    @Override
    public synchronized void start() {
        running = true;
        Thread.ofVirtual().name("what happens").start(this::readOn);
    }

    @Override
    public synchronized void stop() {
        running = false;
        subscribers.values().forEach(watching -> watching.forEach(Subscriber::letGo));
        notifyAll();
    }

    @Override
    public synchronized boolean isRunning() {
        return running;
    }
}
