// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.ImageName;
import dev.assay.sdk.runtimes.Prepared;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.Source;
import java.util.Optional;

/**
 * An image by its name: whose account it is to run in is not known before a launch. What is fetched by whom shows when there is an account to
 * do it in.
 *
 * @param name written out
 */
public record AccountImage(String name) implements Prepared {

    public static AccountImage of(Source source) throws SandboxException {
        return switch (source) {
            case Source.Built(var reference, var engine) when engine == null -> new AccountImage(reference);
            case Source.Image(var reference) ->
                new AccountImage(ImageName.of(reference).orElseThrow(() -> new SandboxException(noName(reference))).text());
            default -> throw new IllegalArgumentException("no image: " + source);
        };
    }

    /** Why no provider runs this: an image has a name. How large a sandbox may be is up to the account. */
    public static Optional<String> refusal(RuntimeConfig config) {
        return config.image() == null || ImageName.of(config.image()).isPresent() ? Optional.empty() : Optional.of(noName(config.image()));
    }

    /** Why a provider whose processors are whole ones does not run this. */
    public static Optional<String> partsRefused(RuntimeConfig config, String provider) {
        var cpu = config.cpu();
        return cpu != null && cpu != Math.rint(cpu)
                ? Optional.of("runtime_config asks for resources.cpu " + cpu + ": " + provider + " gives whole processors")
                : Optional.empty();
    }

    private static String noName(String reference) {
        return "runtime_config.image '" + reference + "' is no name of an image";
    }
}
