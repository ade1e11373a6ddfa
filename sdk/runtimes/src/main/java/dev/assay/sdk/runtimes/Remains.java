// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;

/**
 * What is left of sandboxes that stand elsewhere, and that nobody ends who is not asked to, told by what is written on them.
 *
 * @param installation of the worker that asks
 * @param owner that worker
 * @param lives whether an owner of this installation is there
 * @param open whether that worker has a sandbox of this id
 */
public record Remains(String installation, String owner, Predicate<String> lives, Predicate<String> open) {

    /** For the clock, and for whoever is ending it just now. */
    public static final Duration SPARE = Duration.ofMinutes(2);

    /** Whether nobody needs it. Who is of another installation cannot be asked: there the deadline counts alone. */
    public boolean include(Instant now, String itsInstallation, String itsOwner, String sandbox, Instant deadline) {
        if (deadline.isBefore(now.minus(SPARE))) {
            return true;
        }
        if (!itsInstallation.equals(installation)) {
            return false;
        }
        return itsOwner.equals(owner) ? !open.test(sandbox) : !lives.test(itsOwner);
    }
}
