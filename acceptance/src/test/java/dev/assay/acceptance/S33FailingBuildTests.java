// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class S33FailingBuildTests {

    private final Platform platform = Platform.shared();

    @Test
    void aFolderThatDeclaresNoEnvironmentIsNotSent() {
        var key = platform.keyOf("s33-none");
        var hud = new Hud().against(platform.url(), key).write("env.py", "from hud import Environment\n\nname = \"letters\"\nenv = Environment(name)\n");

        hud.run("deploy", "--yes", "--no-env").exitsWith(2).says("No environment found in ");

        assertThat(platform.api(key).get("/v2/builds").expect(200).body().get("total").intValue()).isZero();
    }

    /** The folder has no recipe, and what it imports is nowhere: it is sent, and fails with the reason. The client loses the log half-way. */
    @Test
    void theEndOfABuildIsTheStatusesWhateverBecameOfItsLog() throws Exception {
        var key = platform.keyOf("s33-cut");
        try (var cut = new CutLog(platform.port)) {
            var hud = new Hud().against(platform.url(), key).set("HUD_API_URL", cut.url())
                    .write("env.py", "import nowhere_to_be_found\nfrom hud import Environment\n\nenv = Environment(\"without-recipe\")\n");

            var deployed = hud.run("deploy", "--yes", "--no-env").exitsWith(1);

            deployed.says("Upload complete", "Log stream closed", "FAILED", "No module named 'nowhere_to_be_found'");
            assertThat(deployed.text()).doesNotContain("Build status: FAILED"); // which the log would have said
        }
    }

    /** Passes on whatever comes, but ends a WebSocket once something has come by it. */
    private static final class CutLog implements AutoCloseable {

        private final ServerSocket server;
        private final int platform;

        CutLog(int platform) throws IOException {
            this.platform = platform;
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(this::accept);
        }

        String url() {
            return "http://127.0.0.1:" + server.getLocalPort();
        }

        private void accept() {
            try {
                while (true) {
                    var client = server.accept();
                    var there = new Socket(InetAddress.getLoopbackAddress(), platform);
                    Thread.ofVirtual().start(() -> pass(client, there, false));
                    Thread.ofVirtual().start(() -> pass(there, client, true));
                }
            } catch (IOException closed) {
                // the test is over
            }
        }

        private static void pass(Socket from, Socket to, boolean cut) {
            try (from; to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                var buffer = new byte[64 * 1024];
                boolean open = false;
                for (int n; (n = in.read(buffer)) > 0; ) {
                    if (cut && open) {
                        return;
                    }
                    open |= new String(buffer, 0, n, StandardCharsets.ISO_8859_1).startsWith("HTTP/1.1 101");
                    out.write(buffer, 0, n);
                    out.flush();
                }
            } catch (IOException gone) {
                // one side is, so is the other
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
