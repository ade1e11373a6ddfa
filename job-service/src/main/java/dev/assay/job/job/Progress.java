// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How long a job will still take. */
final class Progress {

    /** Further away nobody means it. */
    private static final Duration LONGEST = Duration.ofDays(365);

    /** If all that go on have gone on for so many times as long as any that ended, they hang. */
    private static final int HANGING = 3;

    private Progress() {}

    /**
     * What is left if runs go on to take as long as those that ended, and as many go on at once as do now; null: none has ended, none goes
     * on, or those that do hang.
     *
     * @param took how long runs took that ended
     * @param going for how long those have gone on that go on, or some of them
     * @param running how many go on
     * @param queued how many are still to begin
     */
    static @Nullable Duration left(List<Duration> took, List<Duration> going, long running, long queued) {
        if (took.isEmpty() || going.isEmpty() || hang(took, going)) {
            return null;
        }
        var usual = took.stream().mapToLong(Duration::toMillis).average().orElseThrow();
        var rest = going.stream().mapToDouble(age -> rest(age.toMillis(), took)).summaryStatistics();
        var shared = rest.getAverage() + usual * queued / running;
        // the last to begin waits for a place, and whatever is longest is waited for
        var atLeast = queued > 0 ? Math.max(rest.getMax(), rest.getMin() + usual) : rest.getMax();
        var left = Math.max(shared, atLeast);
        return left > LONGEST.toMillis() ? null : Duration.ofMillis(Math.round(left));
    }

    private static boolean hang(List<Duration> took, List<Duration> going) {
        var longest = took.stream().max(Duration::compareTo).orElseThrow();
        return going.stream().allMatch(age -> age.compareTo(longest.multipliedBy(HANGING)) > 0);
    }

    /** As those that took longer than it has gone on; if none did, as long again. */
    private static double rest(long age, List<Duration> took) {
        return took.stream()
                .mapToLong(Duration::toMillis)
                .filter(length -> length > age)
                .map(length -> length - age)
                .average()
                .orElse(age);
    }
}
