// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The library's stand-in for an API server, with a node behind it that runs pods, and what leads into them. Or a real API server, which then
 * asks that node: {@code ASSAY_TESTS_APISERVER} is its address, with {@code ASSAY_TESTS_APISERVER_TOKENS} of an administrator and of a worker
 * with the role of {@code deploy/kubernetes-sandboxes.yaml}, separated by a comma.
 */
final class StandInCluster implements AutoCloseable {

    static final String NAMESPACE = "assay-sandboxes";

    /** As it is asked of an API server, or as that asks it of a node. */
    private static final Pattern FORWARD =
            Pattern.compile("(?:.*/pods/([^/]+)/portforward|/portForward/[^/]+/([^/]+))\\?ports?=(\\d+)");
    private static final Pattern LOG = Pattern.compile("(?:.*/pods/([^/]+)/log|/containerLogs/[^/]+/([^/]+)/[^/]+)\\?.*");
    private static final String REAL = System.getenv("ASSAY_TESTS_APISERVER");

    /** It would tell of each request. */
    private static final Logger QUIET = Logger.getLogger(MockWebServer.class.getName());

    private final KubernetesMockServer server;
    private final StandInNode node;
    private final Path folder;

    StandInCluster() throws IOException {
        QUIET.setLevel(Level.WARNING);
        folder = Files.createTempDirectory(Path.of("/tmp"), "node-");
        server = new KubernetesMockServer(
                new Context(Serialization.jsonMapper()), new MockWebServer(), new HashMap<>(), new Answers(folder), REAL != null);
        server.init();
        node = new StandInNode(admin(), folder, server.getPort());
    }

    KubernetesClient client() {
        return client(1);
    }

    KubernetesClient admin() {
        return client(0);
    }

    private KubernetesClient client(int token) {
        if (REAL == null) {
            return server.createClient(new JdkHttpClientFactory());
        }
        var config = new ConfigBuilder(Config.empty())
                .withMasterUrl(REAL)
                .withTrustCerts(true)
                .withOauthToken(System.getenv("ASSAY_TESTS_APISERVER_TOKENS").split(",")[token])
                .build();
        return new KubernetesClientBuilder().withConfig(config).withHttpClientFactory(new JdkHttpClientFactory()).build();
    }

    /** Names of all that sandboxes have here, and that is not being deleted. */
    List<String> things() {
        try (var client = admin()) {
            return Stream.<List<? extends HasMetadata>>of(
                            client.pods().inNamespace(NAMESPACE).list().getItems(), client.secrets().inNamespace(NAMESPACE).list().getItems())
                    .flatMap(List::stream)
                    .filter(thing -> thing.getMetadata().getDeletionTimestamp() == null)
                    .map(thing -> thing.getKind() + " " + thing.getMetadata().getName())
                    .toList();
        }
    }

    StandInNode node() {
        return node;
    }

    @Override
    public void close() throws IOException {
        node.close();
        server.destroy();
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static final class Answers extends KubernetesCrudDispatcher {

        private final Path folder;

        Answers(Path folder) {
            this.folder = folder;
        }

        @Override
        public MockResponse dispatch(RecordedRequest request) {
            Matcher forward = FORWARD.matcher(request.getPath());
            if (forward.matches()) {
                return new MockResponse().withWebSocketUpgrade(new StandInForward(
                        folder.resolve(pod(forward)).resolve(forward.group(3)), Integer.parseInt(forward.group(3))));
            }
            Matcher log = LOG.matcher(request.getPath());
            return log.matches() ? log(folder.resolve(pod(log)).resolve("log")) : super.dispatch(request);
        }

        private static String pod(Matcher asked) {
            return asked.group(1) != null ? asked.group(1) : asked.group(2);
        }

        private static MockResponse log(Path file) {
            try {
                return new MockResponse().setResponseCode(200).setBody(Files.readString(file));
            } catch (IOException e) {
                return new MockResponse().setResponseCode(404);
            }
        }
    }
}
