// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What is asked of a provider about all sandboxes in one team's account, whoever made them. */
public interface ProviderApi {

    /** One sandbox as it is listed, with what is written on it. */
    record Listed(String id, Map<String, String> marks) {}

    /** All on which this is written. */
    List<Listed> list(Map<String, String> marks) throws IOException, InterruptedException;

    /**
     * Asks for its end.
     *
     * @throws ProviderException with a {@link ProviderException#isConflict conflict} if it cannot be ended yet, with one that
     *     {@link ProviderException#isNotFound says so} if it is gone
     */
    void end(String sandbox) throws IOException, InterruptedException;

    /** @throws ProviderException that {@link ProviderException#isNotFound says so} if it is gone */
    boolean runs(String sandbox) throws IOException, InterruptedException;

    /** What is gone already, or on its way, is well. */
    default void kill(String sandbox) throws IOException, InterruptedException {
        try {
            end(sandbox);
        } catch (ProviderException e) {
            if (!e.isNotFound()) {
                throw e;
            }
        }
    }

    /** Whether it is there, and runs. */
    default boolean isThere(String sandbox) throws IOException, InterruptedException {
        try {
            return runs(sandbox);
        } catch (ProviderException e) {
            if (e.isNotFound()) {
                return false;
            }
            throw e;
        }
    }
}
