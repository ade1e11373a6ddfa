// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.live;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.assay.job.live.Steps.Step;
import dev.assay.job.live.Subscriber.News;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Writes what somebody is told, as server-sent events, until there is no more or it is time to come again. */
final class EventStream {

    /** A connection that nobody hears on is known by them, and proxies leave one open that says something. */
    private static final Duration BEAT = Duration.ofSeconds(15);

    /** Whoever comes again is asked once more whether they may. */
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final PrintWriter out;
    private final JsonMapper json;

    EventStream(PrintWriter out, JsonMapper json) {
        this.out = out;
        this.json = json;
    }

    private record Told(@JsonProperty("trace_id") UUID run, Instant at, int attempt, String status, String cause) {}

    /**
     * @param last what was told before; null: nothing
     * @param missed since then; null: it begins from now
     */
    void tell(Subscriber subscriber, @Nullable Place last, @Nullable List<Step> missed) throws InterruptedException {
        var end = System.nanoTime() + LONGEST.toNanos();
        var told = begin(last == null ? subscriber.from() : last, subscriber.from(), missed);
        while (!out.checkError() && System.nanoTime() < end) {
            switch (subscriber.next(BEAT)) {
                case News.Made(var step) -> told = tell(step, told);
                case News.Over() -> {
                    event("over", told, "{}");
                    return;
                }
                case News.Gone() -> {
                    return;
                }
                case null -> beat();
            }
        }
    }

    /** Of something that is over: that is told, and no more. @param now up to where all can be read */
    void tellAll(@Nullable Place last, Place now, @Nullable List<Step> missed) {
        event("over", begin(last == null ? now : last, now, missed), "{}");
    }

    private Place begin(Place last, Place now, @Nullable List<Step> missed) {
        if (missed == null) {
            event("now", now, "{}");
            return now;
        }
        beat();
        var told = last;
        for (var step : missed) {
            told = tell(step, told);
        }
        return told;
    }

    /** What was told is not told again: what was missed may be among what has come meanwhile. */
    private Place tell(Step step, Place told) {
        if (!step.place().isAfter(told)) {
            return told;
        }
        event("step", step.place(), json.writeValueAsString(new Told(step.run(), step.at(), step.attempt(), step.status(), step.cause())));
        return step.place();
    }

    private void beat() {
        out.write(": beat\n\n");
        out.flush();
    }

    private void event(String name, Place place, String data) {
        out.write("event: " + name + "\nid: " + place + "\ndata: " + data + "\n\n");
        out.flush();
    }
}
