// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The most that whoever has sandboxes lets one of them have. Asked when a run is submitted, of all that are there, and again when its
 * sandbox is launched.
 *
 * @param memoryMb MiB
 * @param diskMb MiB
 * @param network whether any may reach out
 */
public record SandboxBounds(long memoryMb, long diskMb, boolean network) {

    /** In a team's own account how large one is, is for its provider to bound. */
    public SandboxBounds ofAnySize() {
        return new SandboxBounds(Long.MAX_VALUE, Long.MAX_VALUE, network);
    }

    /** The field of the config that asks for more, and why it is not had; empty: all of it is. With less it would only fail later. */
    public Optional<String> refusal(RuntimeConfig config) {
        return tooMuch("memory_mb", config.memoryMb(), memoryMb)
                .or(() -> tooMuch("storage_mb", config.storageMb(), diskMb))
                .or(() -> network || !config.asksForNetwork()
                        ? Optional.empty()
                        : Optional.of("network: no sandbox here is let out, neither to listed hosts nor outbound"));
    }

    private static Optional<String> tooMuch(String resource, @Nullable Long asked, long most) {
        return asked != null && asked > most
                ? Optional.of("resources." + resource + ": " + asked + " MiB are asked for, a sandbox here gets " + most + " at most")
                : Optional.empty();
    }
}
