// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How patient the service is. {@code job-service.yml} explains each.
 *
 * @param abandonedAfter how long a client may be silent about a run of its own
 */
@ConfigurationProperties("assay")
public record RunSettings(
        @DefaultValue Lease lease, @DefaultValue Run run, @DefaultValue Retry retry, @DefaultValue("1h") Duration abandonedAfter,
        @DefaultValue Sweep sweep, @DefaultValue Limits limits) {

    /** Leases. */
    public record Lease(@DefaultValue("15s") Duration ttl, @DefaultValue("3") int maxAttempts) {

        private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

        /**
         * How long somebody waits for work who wants to wait for so long. Nobody notices that a worker has died while it waits, so a run
         * could be handed to the dead. Waits are so short that they are over before the dead worker's own runs are given to others: those
         * must not come back to it.
         */
        public Duration waitOf(long wantedMillis) {
            var third = ttl.dividedBy(3);
            var longest = third.compareTo(LONGEST_WAIT) < 0 ? third : LONGEST_WAIT;
            return Duration.ofMillis(Math.clamp(wantedMillis, 0, longest.toMillis()));
        }
    }

    /** The pause before the next attempt, where one has failed. */
    public record Retry(@DefaultValue("1s") Duration first, @DefaultValue("1m") Duration longest) {}

    /** One attempt. */
    public record Run(
            @DefaultValue("30m") Duration preparation, @DefaultValue("1h") Duration timeout, @DefaultValue("24h") Duration longest, @DefaultValue("1m") Duration timeoutGrace) {}

    /** The look at what ran out. */
    public record Sweep(@DefaultValue("1s") Duration interval) {}

    /**
     * How many runs are held at once, unless the operator has said otherwise ({@link ConcurrencyLimits}).
     *
     * @param team 0: any number
     * @param models {@code model=number}
     */
    public record Limits(@DefaultValue("0") int team, @DefaultValue List<String> models) {

        FairOrder.Limits fair() {
            var most = new HashMap<String, Integer>();
            for (var limit : models) {
                var at = limit.lastIndexOf('=');
                if (at < 1 || !limit.substring(at + 1).strip().matches("[1-9][0-9]{0,8}")) {
                    throw new IllegalArgumentException("assay.limits.models: '" + limit + "' is not MODEL=NUMBER");
                }
                most.put(limit.substring(0, at).strip(), Integer.valueOf(limit.substring(at + 1).strip()));
            }
            return new FairOrder.Limits(team > 0 ? team : null, Map.of(), most);
        }
    }

    /** The rules of leases. */
    public RunRules rules() {
        var policy = RetryPolicy.of(Math.max(0, lease.maxAttempts() - 1), retry.first(), retry.longest());
        return new RunRules(lease.ttl(), policy, run.preparation(), run.timeoutGrace(), abandonedAfter);
    }
}
