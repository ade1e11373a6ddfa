// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.live;

import dev.assay.contracts.RunId;
import dev.assay.job.live.Subscriber.News;
import dev.assay.kit.problem.Problem;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Waits for the ends of runs, which are looked for once for all who wait. */
@Component
public class RunEnds {

    /** Of those who may watch at all: the rest of the places are for people. */
    private static final int MOST = 4000;

    private final LiveSteps live;

    RunEnds(LiveSteps live) {
        this.live = live;
    }

    /**
     * Waits so long at most; not at all where too many wait, or the service is stopping.
     *
     * @return whether it has ended, or may have
     */
    public boolean await(RunId run, Duration longest) throws InterruptedException {
        Subscriber subscriber;
        try {
            subscriber = live.subscribe(Topic.run(run.value()), MOST);
        } catch (Problem noRoom) {
            return false;
        }
        try {
            var end = System.nanoTime() + longest.toNanos();
            var news = subscriber.next(longest);
            while (news instanceof News.Made made && !made.step().isEnd()) {
                news = subscriber.next(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            }
            return news != null;
        } finally {
            live.unsubscribe(subscriber);
        }
    }
}
