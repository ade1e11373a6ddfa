// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Makes the keys of a platform in one folder: {@code public} for all to read, one folder per party with its private key, and
 * {@code sealing}, {@code gateway-sealing} and {@code job-sealing} with the keys for what is sealed at rest. What is there stays; with {@code --rotate} each gets one more.
 *
 * <pre>MakeKeys [--rotate] FOLDER PARTY…</pre>
 */
public final class MakeKeys {

    /** The folder of public keys, and the name that no party can have. */
    public static final String PUBLIC = "public";

    /** The party, if one may call it that, whose keys seal what lies in environment-service's database. */
    public static final String SEALING = "sealing";

    /** The same of gateway-service, so that neither opens what the other sealed. */
    public static final String GATEWAY_SEALING = "gateway-sealing";

    /** And of job-service. */
    public static final String JOB_SEALING = "job-sealing";

    private static final Set<String> ALL_SEALING = Set.of(SEALING, GATEWAY_SEALING, JOB_SEALING);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmssSSS").withZone(ZoneOffset.UTC);
    private static final int SEALING_BITS = 256;

    private final Path folder;
    private final Clock clock;

    public MakeKeys(Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    public static void main(String[] arguments) throws IOException {
        List<String> names = new ArrayList<>(Arrays.asList(arguments));
        var rotate = names.remove("--rotate");
        var keys = new MakeKeys(Path.of(names.removeFirst()), Clock.systemUTC());
        for (var name : names) {
            if (rotate) {
                keys.add(name);
            } else {
                keys.makeSure(name);
            }
        }
    }

    /** Makes the first key of a party, unless there is one; answers with the folder of its private keys. */
    public Path makeSure(String party) throws IOException {
        var own = folder.resolve(party);
        if (Files.isDirectory(own)) {
            try (var files = Files.list(own)) {
                if (files.anyMatch(file -> KeyFile.isOf(party, file.getFileName().toString()))) {
                    return own;
                }
            }
        }
        return add(party);
    }

    /** Makes one more key of a party, which is used from then on. Those that it had stay believed until their files are taken away. */
    public Path add(String party) throws IOException {
        var own = folder.resolve(party);
        Files.createDirectories(own);
        var keyId = TIME.format(clock.instant()) + "-" + UUID.randomUUID().toString().substring(0, 8);
        var file = KeyFile.name(party, keyId);
        try {
            if (ALL_SEALING.contains(party)) {
                write(own.resolve(file), new OctetSequenceKeyGenerator(SEALING_BITS).keyID(keyId).generate(), "rw-------");
            } else {
                ECKey key = new ECKeyGenerator(Curve.P_256).keyID(keyId).generate();
                // the public one first: whoever sees the first token can check it
                Files.createDirectories(folder.resolve(PUBLIC));
                write(folder.resolve(PUBLIC).resolve(file), key.toPublicJWK(), "rw-r--r--");
                write(own.resolve(file), key, "rw-------");
            }
        } catch (JOSEException e) {
            throw new IllegalStateException("no key can be made", e);
        }
        return own;
    }

    /** All at once or not at all, and readable by nobody else in between. */
    private static void write(Path file, JWK key, String permissions) throws IOException {
        var unfinished = Files.createTempFile(file.getParent(), ".new-", "");
        Files.writeString(unfinished, key.toJSONString());
        if (Files.getFileStore(unfinished).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString(permissions));
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
