// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import dev.assay.contracts.Uuids;
import dev.assay.kit.problem.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An id as a client spells it. Clients may bind texts of their own instead of UUIDs; the published client then derives the id that its
 * spans carry from the text, and so do we.
 *
 * @param raw the text, or null if it was a UUID
 */
public record RunRef(UUID id, @Nullable String raw) {

    /** What is an id, for the API document: any text that is not blank. */
    public static final String PATTERN = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$";

    private static final int LONGEST = 200;
    private static final UUID URL_NAMESPACE = UUID.fromString("6ba7b811-9dad-11d1-80b4-00c04fd430c8");

    /** Reads the id of a run. */
    public static RunRef ofRun(String field, String text) {
        return parse(field, text, "hud.task_run:");
    }

    /** Reads the id of a job. */
    public static RunRef ofJob(String field, String text) {
        return parse(field, text, "assay.job:");
    }

    private static RunRef parse(String field, String text, String prefix) {
        if (text.isBlank()) {
            throw Problem.badRequest(field, "must not be blank");
        }
        if (text.length() > LONGEST) {
            throw Problem.badRequest(field, "an id has at most " + LONGEST + " characters, this has " + text.length());
        }
        if (text.indexOf('\0') >= 0) {
            throw Problem.badRequest(field, "an id holds no NUL character");
        }
        try {
            return new RunRef(Uuids.parse(text), null);
        } catch (IllegalArgumentException noUuid) {
            return new RunRef(named(prefix + text), text);
        }
    }

    /** A name-based UUID, version 5, in the namespace of URLs. */
    private static UUID named(String name) {
        try {
            var sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(ByteBuffer.allocate(16)
                    .putLong(URL_NAMESPACE.getMostSignificantBits())
                    .putLong(URL_NAMESPACE.getLeastSignificantBits())
                    .flip());
            var hash = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
            return new UUID((hash.getLong() & 0xffffffffffff0fffL) | 0x5000L, (hash.getLong() & 0x3fffffffffffffffL) | 0x8000000000000000L);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }
}
