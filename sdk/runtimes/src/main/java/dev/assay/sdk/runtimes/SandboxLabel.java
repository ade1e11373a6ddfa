// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.util.Optional;

/** Whose sandbox it is: by this, people and the next worker recognize what a dead one left behind. */
public record SandboxLabel(String run, int attempt) {

    /** As it is written on what was launched; empty if that is none. */
    public static Optional<SandboxLabel> read(String run, String attempt) {
        try {
            return Optional.of(new SandboxLabel(run, Integer.parseInt(attempt)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
