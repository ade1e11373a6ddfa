// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the model answers a program that runs inside the environment's workspace.
 *
 * @param url the gateway's base, as it is reached from there; a provider's SDK takes it as its base url
 * @param key what the program says who it is with: the run's own key, or, through a bound connection, a word that is worth nothing
 *     and is replaced on the way
 * @param headers to be sent with every call, such as {@code Trace-Id}; a bound connection adds them by itself, so it has none
 * @param connection the bound connection's name: it leads from the one process that is started for it, and from nothing else in the
 *     workspace; null where any process there reaches the address
 * @param answered whether a call that was made with the run's key has been answered so far; false where nobody can tell
 */
public record InsideModel(String url, String key, Map<String, String> headers, @Nullable String connection, BooleanSupplier answered) {

    public InsideModel(String url, String key, Map<String, String> headers, @Nullable String connection) {
        this(url, key, headers, connection, () -> false);
    }

    /** Where any process in the workspace reaches the gateway, that is what it takes. */
    public static InsideModel open(String url, String key, Map<String, String> headers) {
        return new InsideModel(url, key, headers, null);
    }

    /** The same, where somebody sees the calls. */
    public InsideModel seenBy(BooleanSupplier answers) {
        return new InsideModel(url, key, headers, connection, answers);
    }

    @Override
    public String toString() {
        return "InsideModel[" + url + "]";
    }
}
