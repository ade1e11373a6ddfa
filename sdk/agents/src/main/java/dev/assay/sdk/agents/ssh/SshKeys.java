// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

import dev.assay.sdk.protocol.Capability;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.util.security.SecurityUtils;

/** The client's key as a capability carries it: its content, or a path on a file system that both sides share. */
final class SshKeys {

    private SshKeys() {}

    static List<KeyPair> of(Capability capability) throws SshConnectionException {
        var content = capability.params().path("client_key").asString("");
        var path = capability.params().path("client_key_path").asString("");
        try {
            if (!content.isEmpty()) {
                return read(content.getBytes(StandardCharsets.UTF_8));
            }
            return path.isEmpty() ? List.of() : read(Files.readAllBytes(Path.of(path)));
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new SshConnectionException("the client key of capability '" + capability.name() + "' cannot be read", e);
        }
    }

    private static List<KeyPair> read(byte[] pem) throws IOException, GeneralSecurityException {
        var keys = new ArrayList<KeyPair>();
        var read = SecurityUtils.loadKeyPairIdentities(null, null, new ByteArrayInputStream(pem), null);
        if (read == null) {
            throw new IOException("it holds no key");
        }
        read.forEach(keys::add);
        return keys;
    }
}
