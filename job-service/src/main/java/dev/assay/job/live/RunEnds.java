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

    private final LiveSteps live;

    RunEnds(LiveSteps live) {
        this.live = live;
    }

    /** Returns once the run has ended, or may have, or so much time has passed; at once where too many wait, or the service is stopping. */
    public void await(RunId run, Duration longest) throws InterruptedException {
        Subscriber subscriber;
        try {
            subscriber = live.subscribe(Topic.run(run.value()));
        } catch (Problem noRoom) {
            return;
        }
        try {
            var end = System.nanoTime() + longest.toNanos();
            while (subscriber.next(Duration.ofNanos(Math.max(0, end - System.nanoTime()))) instanceof News.Made made && !made.step().isEnd()) {
                // it goes on
            }
        } finally {
            live.unsubscribe(subscriber);
        }
    }
}
