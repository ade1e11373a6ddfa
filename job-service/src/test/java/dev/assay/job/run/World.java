// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Time, chance and the wire of a simulation, in seconds. At first there is trouble: a message may be lost, late or doubled, and the service's
 * clock jumps. Everything that happens follows from the seed.
 */
public final class World {

    public static final int TROUBLE_ENDS = 600;

    private final Random random;
    private final PriorityQueue<Event> events = new PriorityQueue<>(Comparator.comparing(Event::at).thenComparing(Event::number));
    private int now;
    private int skew;
    private long numbered;

    public World(long seed) {
        this.random = new Random(seed);
    }

    private record Event(int at, long number, Runnable happening) {}

    public void play(int end) {
        while (!events.isEmpty() && now < end) {
            var event = events.remove();
            now = event.at();
            event.happening().run();
        }
    }

    public int now() {
        return now;
    }

    /** The database's, which a failover may set forward or back. */
    public Instant clock() {
        return Instant.EPOCH.plusSeconds(now + skew);
    }

    public void at(int delay, Runnable happening) {
        events.add(new Event(now + delay, numbered++, happening));
    }

    /** Every second. The clock may jump before one. */
    void everySecond(Runnable happening) {
        if (inTrouble() && below(60) == 0) {
            skew = below(9) - 4;
        }
        happening.run();
        at(1, () -> everySecond(happening));
    }

    /** Across the wire. */
    public void send(Runnable arrival) {
        var delays = new ArrayList<Integer>();
        if (!inTrouble()) {
            delays.add(0);
        } else if (below(6) > 0) {
            delays.add(below(8) == 0 ? below(40) : below(2));
            if (below(6) == 0) {
                delays.add(below(30));
            }
        }
        delays.forEach(delay -> at(delay, arrival));
    }

    /** Says it until it is answered. */
    void sendUntilAnswered(int every, BooleanSupplier goesOn, Consumer<Runnable> word) {
        var answered = new boolean[1];
        repeat(every, () -> goesOn.getAsBoolean() && !answered[0], () -> send(() -> word.accept(() -> answered[0] = true)));
    }

    private void repeat(int every, BooleanSupplier goesOn, Runnable word) {
        if (goesOn.getAsBoolean()) {
            word.run();
            at(every, () -> repeat(every, goesOn, word));
        }
    }

    public boolean inTrouble() {
        return now < TROUBLE_ENDS;
    }

    public int below(int bound) {
        return random.nextInt(bound);
    }

    public UUID id() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    public static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }
}
