// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts;

import java.util.Locale;

/**
 * The name under which an environment is found: lower case, blanks and underscores become dashes, everything but
 * {@code [a-z0-9-]} is dropped, dashes are collapsed and trimmed, nothing left becomes {@code environment}.
 */
public record EnvironmentName(String value) {

    /** Normalizes a name as declared in code. */
    public static EnvironmentName of(String declared) {
        var name = declared.strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[\\s_]+", "-")
                .replaceAll("[^a-z0-9-]", "")
                .replaceAll("-{2,}", "-")
                .replaceAll("^-|-$", "");
        return new EnvironmentName(name.isEmpty() ? "environment" : name);
    }

    @Override
    public String toString() {
        return value;
    }
}
