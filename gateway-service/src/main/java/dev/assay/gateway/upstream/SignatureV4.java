// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Signs requests as AWS wants it (Signature Version 4). Pure. */
final class SignatureV4 {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

    /**
     * An access key.
     *
     * @param session of temporary ones; null: it is for good
     */
    record Key(String id, String secret, @Nullable String session) {

        static boolean is(String credential) {
            return credential.matches("(AKIA|ASIA)[A-Z0-9]+:[^:]+(:.+)?");
        }

        /** Of {@code id:secret} or {@code id:secret:session token}. */
        static Key of(String credential) {
            var parts = credential.split(":", 3);
            return new Key(parts[0], parts[1], parts.length < 3 ? null : parts[2]);
        }

        /** Keys stay out of logs. */
        @Override
        public String toString() {
            return id;
        }
    }

    /** What a signature is for. */
    record Scope(String region, String service) {}

    private SignatureV4() {}

    /**
     * The headers that a request needs to be taken.
     *
     * @param signed other headers that are to be part of the signature, by name
     * @param body its bytes, in parts
     */
    static Map<String, String> headers(
            Key key, Scope scope, Instant now, String method, URI uri, Map<String, String> signed, List<ByteBuffer> body) {
        var time = TIME.format(now);
        var ours = new TreeMap<String, String>();
        signed.forEach((name, value) -> ours.put(name.toLowerCase(Locale.ROOT), value.strip().replaceAll(" +", " ")));
        ours.put("host", uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort());
        ours.put("x-amz-date", time);
        if (key.session() != null) {
            ours.put("x-amz-security-token", key.session());
        }
        var names = String.join(";", ours.keySet());
        var lines = ours.entrySet().stream().map(entry -> entry.getKey() + ":" + entry.getValue() + "\n").collect(Collectors.joining());
        var canonical = String.join("\n", method, path(uri), query(uri), lines, names, hash(body));
        var day = time.substring(0, 8);
        var credential = day + "/" + scope.region() + "/" + scope.service() + "/aws4_request";
        var text = String.join("\n", "AWS4-HMAC-SHA256", time, credential, hash(List.of(ByteBuffer.wrap(canonical.getBytes(UTF_8)))));
        var derived = mac(mac(mac(mac(("AWS4" + key.secret()).getBytes(UTF_8), day), scope.region()), scope.service()), "aws4_request");
        var headers = new TreeMap<String, String>();
        headers.put("authorization", "AWS4-HMAC-SHA256 Credential=" + key.id() + "/" + credential + ", SignedHeaders=" + names + ", Signature="
                + HexFormat.of().formatHex(mac(derived, text)));
        headers.put("x-amz-date", time);
        if (key.session() != null) {
            headers.put("x-amz-security-token", key.session());
        }
        return headers;
    }

    /** Encoded once more than it is sent, which every service but S3 wants. */
    private static String path(URI uri) {
        var path = uri.getRawPath();
        return path == null || path.isEmpty() ? "/" : encoded(path, PLAIN + "/");
    }

    private static String query(URI uri) {
        var query = uri.getRawQuery();
        return query == null || query.isEmpty()
                ? ""
                : Arrays.stream(query.split("&")).map(one -> one.contains("=") ? one : one + "=").sorted().collect(Collectors.joining("&"));
    }

    private static String encoded(String text, String plain) {
        var encoded = new StringBuilder();
        for (var octet : text.getBytes(UTF_8)) {
            var character = (char) (octet & 0xff);
            encoded.append(plain.indexOf(character) >= 0 ? String.valueOf(character) : "%%%02X".formatted(octet & 0xff));
        }
        return encoded.toString();
    }

    private static String hash(List<ByteBuffer> parts) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            parts.forEach(part -> digest.update(part.duplicate()));
            return HexFormat.of().formatHex(digest.digest());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] mac(byte[] key, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
