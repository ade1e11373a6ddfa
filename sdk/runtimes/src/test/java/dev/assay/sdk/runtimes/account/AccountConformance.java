// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import static dev.assay.sdk.runtimes.process.FakePythonContext.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.junit.jupiter.api.Test;

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

    @Test
    void muchGoesThroughWhole() throws Exception {
        try (var sandbox = launch(Map.of())) {
            assertThat(ask(sandbox, "len('" + "x".repeat(300_000) + "')")).isEqualTo("300000");
            assertThat(ask(sandbox, "'x' * 3000000")).hasSize(3_000_000);
        }
    }

    @Test
    void anImageThatIsNowhereIsTheEnvironmentsFault() {
        assertThatThrownBy(() -> launch(runtime(), new AccountImage("acme/missing:1"), credential(), "run-of-a-test", 1))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("acme/missing:1").hasMessageContaining("manifest unknown")
                .satisfies(failure -> assertThat(((SandboxException) failure).isHosts()).isFalse());
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
