// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.sdk.protocol.RuntimeConfig;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;

/**
 * What a run asks for of its worker's machine, for as long as it is held. What it does not ask for is not counted.
 *
 * @param cpus processors, or parts of one
 * @param memoryMb MiB
 * @param gpus graphics processors
 */
public record Needs(double cpus, long memoryMb, int gpus) {

    public static final Needs NONE = new Needs(0, 0, 0);

    /** Those whose sandboxes run on the worker's own machine. */
    private static final Set<String> OWN_MACHINE = Set.of("process", "docker", "compose");

    /** What is run elsewhere takes nothing of the worker's. */
    public static Needs of(RuntimeConfig config) {
        if (!OWN_MACHINE.contains(config.runtime())) {
            return NONE;
        }
        int parts = config.compose() == null ? 1 : 2; // its sidecars have as much again
        return new Needs(
                parts * Objects.requireNonNullElse(config.cpu(), 0.0), parts * Objects.requireNonNullElse(config.memoryMb(), 0L), config.gpus());
    }

    /** As the columns of those names say; nulls are nothing. */
    public static Needs read(ResultSet row) throws SQLException {
        return new Needs(row.getDouble("cpus"), row.getLong("memory_mb"), row.getInt("gpus"));
    }

    /** What fits both, one after the other. */
    public Needs or(Needs other) {
        return new Needs(Math.max(cpus, other.cpus), Math.max(memoryMb, other.memoryMb), Math.max(gpus, other.gpus));
    }
}
