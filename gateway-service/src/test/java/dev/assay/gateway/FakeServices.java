// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway;

import dev.assay.testsupport.OidcStandIn;
import dev.assay.testsupport.TestPlatform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** Points a gateway under test at a real Postgres and at fakes of everything behind it. The same ones for all tests. */
public final class FakeServices implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    public static final String ADMIN_TOKEN = "the-operator-of-these-tests";
    public static final FakeService ENVIRONMENT = new FakeService();
    public static final FakeService JOB = new FakeService();
    public static final FakeService TRACE = new FakeService();
    public static final FakeService TRAINING = new FakeService();
    public static final FakeService TRAINER = new FakeService();
    /** A provider of models. */
    public static final FakeService PROVIDER = new FakeService();

    /** A provider that takes calls and says nothing at all. */
    public static final ServerSocket SILENT = socket();

    /** A provider that answers with any bytes. */
    public static final RawProvider RAW = new RawProvider();

    /** Where nothing listens: grading-service is down in these tests. */
    private static final String NOBODY = "http://127.0.0.1:1";

    public static final Path SCRIPTS = folder();
    public static final Path DATA = folder();

    public static void reset() {
        for (var service : new FakeService[] {ENVIRONMENT, JOB, TRACE, TRAINING, TRAINER, PROVIDER}) {
            service.reset();
        }
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        TestPropertyValues.of(
                        "assay.database.url=" + TestPlatform.databaseUrl(),
                        "assay.database.user=postgres",
                        "assay.database.password=postgres",
                        "assay.admin-token=" + ADMIN_TOKEN,
                        "assay.environment-url=" + ENVIRONMENT.url(),
                        "assay.job-url=" + JOB.url(),
                        "assay.grading-url=" + NOBODY,
                        "assay.trace-url=" + TRACE.url() + "/",
                        "assay.training-url=" + TRAINING.url(),
                        "assay.trainer-url=" + TRAINER.url() + "/",
                        "assay.scripts=" + SCRIPTS,
                        "assay.data=" + DATA,
                        "assay.tunnel.ping=1s",
                        "assay.inference.keep-alive=200ms",
                        // what is tried once more, left alone or asked for its models has tests of its own
                        "assay.tries.tries=1",
                        "assay.breakers.calls=100000",
                        "assay.breakers.least=100000",
                        "assay.offers.every=",
                        // what tests do not ask for themselves, the fakes have not seen
                        "assay.ledger.join=1h",
                        "assay.aliases=nickname=acme/named",
                        "assay.team-upstreams.anywhere=true",
                        "assay.oidc.name=Example",
                        "assay.oidc.issuer=" + OidcStandIn.SHARED.issuer(),
                        "assay.oidc.client-id=" + OidcStandIn.CLIENT,
                        "assay.oidc.client-secret=" + OidcStandIn.SECRET,
                        "assay.oidc.allowed-domains=example.org",
                        "assay.oidc.team=newcomers",
                        "assay.oidc.timeout=5s",
                        "assay.upstreams[0].name=provider",
                        "assay.upstreams[0].base-url=" + PROVIDER.url() + "/v1",
                        "assay.upstreams[0].api-key=sk-of-the-platform",
                        "assay.upstreams[1].name=dead",
                        "assay.upstreams[1].base-url=" + NOBODY,
                        "assay.upstreams[2].name=silent",
                        "assay.upstreams[2].base-url=http://127.0.0.1:" + SILENT.getLocalPort(),
                        "assay.upstreams[3].name=raw",
                        "assay.upstreams[3].base-url=" + RAW.url(),
                        "assay.upstreams[4].name=native",
                        "assay.upstreams[4].preset=openai",
                        "assay.upstreams[4].base-url=" + PROVIDER.url() + "/native",
                        "assay.upstreams[4].api-key=sk-of-the-platform")
                .and(TestPlatform.keySettings("gateway-service").toArray(String[]::new))
                .applyTo(context);
    }

    private static ServerSocket socket() {
        try {
            return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("assay-gateway-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
