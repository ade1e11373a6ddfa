// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Credential;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Prepared;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.RuntimeConformance;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** The same of runtimes whose sandboxes are in an account with a provider, which a stand-in is here. */
public abstract class AccountConformance extends RuntimeConformance {

    @Override
    protected Prepared prepared() {
        return new AccountImage("acme/letters:1");
    }

    @Override
    protected abstract Credential credential();

    @Override
    protected Source foreignSource() {
        return new Source.Remote(InetSocketAddress.createUnresolved("example.com", 8765));
    }

    /** How large it is is told to the provider. */
    @Override
    protected boolean limits() {
        return false;
    }

    @Override
    protected boolean walls() {
        return false;
    }

    @Override
    protected Path door() {
        throw new AssertionError("it has none");
    }

    protected String refusal(String config) {
        return runtime().refusal(config(config)).orElse("");
    }

    protected static RuntimeConfig config(String config) {
        return RuntimeConfig.read(Json.MAPPER.readTree(config.replace('\'', '"')));
    }

    protected static Sandbox launch(Runtime by, Prepared image, Credential credential, String run, int attempt)
            throws SandboxException, InterruptedException {
        return by.launch(new SandboxSpec(new SandboxLabel(run, attempt), image, "fake", Map.of(), Network.NONE, LIMITS, Set.of(), credential));
    }
}
