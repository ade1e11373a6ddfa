// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.call;

import dev.assay.contracts.training.CallLease;
import dev.assay.trainer.TrainerSettings;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * So many calls at once, of as many models. Each has a thread, for it computes. At a planned stop what is at hand is ended if that is soon,
 * and otherwise given back.
 */
@Component
class CallLoop implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(CallLoop.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LAST_WORDS = Duration.ofSeconds(8);

    private final Calls calls;
    private final CallDoor door;
    private final int many;
    private final Set<Thread> asking = ConcurrentHashMap.newKeySet();
    private final Set<CallLease> atHand = ConcurrentHashMap.newKeySet();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile List<Thread> threads = List.of();

    CallLoop(Calls calls, CallDoor door, TrainerSettings settings) {
        this.calls = calls;
        this.door = door;
        this.many = settings.calls();
    }

    @Override
    public void start() {
        threads = IntStream.range(0, many)
                .mapToObj(number -> Thread.ofPlatform().daemon().name("call-" + number).start(this::work))
                .toList();
        LOG.info("trains models of {}, up to {} at once", calls.kinds(), many);
    }

    private void work() {
        try {
            while (over.getCount() > 0) {
                var lease = ask();
                if (lease != null) {
                    run(lease);
                }
            }
        } catch (InterruptedException e) {
            // told to end
        }
    }

    private @Nullable CallLease ask() throws InterruptedException {
        asking.add(Thread.currentThread());
        try {
            return over.getCount() == 0 ? null : door.next(calls.kinds());
        } catch (RuntimeException | Error e) {
            if (over.getCount() > 0) {
                LOG.warn("cannot ask for calls, trying again: {}", e.toString());
            }
            over.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
            return null;
        } finally {
            asking.remove(Thread.currentThread());
        }
    }

    /** Whatever happens, there is a next call. */
    private void run(CallLease lease) throws InterruptedException {
        atHand.add(lease);
        try {
            calls.run(lease);
        } catch (RuntimeException | Error e) {
            LOG.error("call {} is left to its lease's end: that is a fault of this trainer's", lease.call().id(), e);
        } finally {
            atHand.remove(lease);
        }
    }

    @Override
    public void stop() {
        over.countDown();
        asking.forEach(Thread::interrupt);
        try {
            var end = System.nanoTime() + LAST_WORDS.toNanos();
            for (var thread : threads) {
                thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        atHand.forEach(this::giveBack); // first: whatever is still told of it does not count then
        threads.forEach(Thread::interrupt);
        threads = List.of();
    }

    private void giveBack(CallLease lease) {
        try {
            door.giveBack(lease);
        } catch (RuntimeException e) {
            LOG.warn("call {} could not be given back, its lease will run out: {}", lease.call().id(), e.toString());
        }
    }

    @Override
    public boolean isRunning() {
        return !threads.isEmpty();
    }
}
