// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;

/** Parties that believe each other, with keys in one folder. */
public final class Parties {

    private final Path folder;
    private final Clock clock;
    private final MakeKeys keys;

    public Parties(Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
        this.keys = new MakeKeys(folder, clock);
    }

    Signatures signatures(Party party) {
        try {
            return new Signatures(party, keys.makeSure(party.issuer()), folder.resolve(MakeKeys.PUBLIC), clock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public InternalTokens service(String name) {
        return new InternalTokens(signatures(Party.service(name)));
    }

    InternalTokens worker(String issuer, String name) {
        return new InternalTokens(signatures(Party.worker(issuer, name)));
    }

    InternalTokens trainer(String issuer, String name) {
        return new InternalTokens(signatures(Party.trainer(issuer, name)));
    }
}
