// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

/**
 * What opens a team's account with a provider of sandboxes. It goes to that provider alone, and is in no message.
 *
 * @param secret an API key, or what there is of several, as its runtime reads it
 */
public record Credential(String secret) {

    public Credential {
        if (secret.isBlank() || !secret.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("a credential is visible ASCII without spaces"); // it becomes a header
        }
    }

    @Override
    public String toString() {
        return "Credential[***]";
    }
}
