// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.step;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;

/** The id of a run as spans carry it. */
public final class TraceIds {

    private static final Pattern HEX = Pattern.compile("[0-9a-f]{32}");
    private static final UUID URL_NAMESPACE = UUID.fromString("6ba7b811-9dad-11d1-80b4-00c04fd430c8");

    private TraceIds() {}

    /** 32 hex digits: those of the id if it is a UUID, else of a UUID made from it (version 5), the same every time. */
    public static String of(String taskRunId) {
        var lower = taskRunId.strip().toLowerCase(Locale.ROOT);
        var digits = lower.replace("urn:", "").replace("uuid:", "").replaceAll("[{}-]", "");
        return HEX.matcher(digits).matches() ? digits : named("hud.task_run:" + taskRunId);
    }

    private static String named(String name) {
        try {
            var sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(ByteBuffer.allocate(16)
                    .putLong(URL_NAMESPACE.getMostSignificantBits())
                    .putLong(URL_NAMESPACE.getLeastSignificantBits())
                    .array());
            byte[] hash = sha1.digest(name.getBytes(StandardCharsets.UTF_8));
            hash[6] = (byte) (hash[6] & 0x0f | 0x50);
            hash[8] = (byte) (hash[8] & 0x3f | 0x80);
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
