// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.live;

import dev.assay.job.live.Steps.Step;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Somebody who watches, and what is still to be told. Whoever reads more slowly than things happen is let go, and may come again. */
final class Subscriber {

    private static final int ROOM = 2000;

    /** What is told. */
    sealed interface News {

        record Made(Step step) implements News {}

        /** Nothing goes on any more. */
        record Over() implements News {}

        /** Whatever goes on is not told here any more. */
        record Gone() implements News {}
    }

    private final Topic topic;
    private final Place from;
    private final BlockingQueue<News> news = new ArrayBlockingQueue<>(ROOM);

    Subscriber(Topic topic, Place from) {
        this.topic = topic;
        this.from = from;
    }

    Topic topic() {
        return topic;
    }

    /** All steps behind it will come. */
    Place from() {
        return from;
    }

    /** Never waits. By one thread at a time, as whoever lets go. */
    void tell(News one) {
        if (!news.offer(one)) {
            letGo();
        }
    }

    /** What has not been read by now is not read any more: whoever comes again gets it. */
    void letGo() {
        news.clear();
        news.add(new News.Gone());
    }

    /** Null: there was nothing for so long. */
    @Nullable News next(Duration longest) throws InterruptedException {
        return news.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
    }
}
