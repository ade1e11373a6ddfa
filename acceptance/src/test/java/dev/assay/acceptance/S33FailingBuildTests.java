// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
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

    /** Passes on whatever comes, but of a WebSocket only the first frame. */
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
                var in = new DataInputStream(new BufferedInputStream(from.getInputStream()));
                var out = to.getOutputStream();
                if (cut) {
                    var head = head(in);
                    out.write(head.getBytes(StandardCharsets.ISO_8859_1));
                    if (head.startsWith("HTTP/1.1 101")) {
                        out.write(frame(in));
                        to.shutdownOutput();
                        to.getInputStream().transferTo(OutputStream.nullOutputStream()); // until the client has seen that it is over
                        return;
                    }
                }
                in.transferTo(out);
            } catch (IOException gone) {
                // one side is, so is the other
            }
        }

        private static String head(DataInputStream in) throws IOException {
            var head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.readUnsignedByte());
            }
            return head.toString();
        }

        /** A server's frames have no mask. */
        private static byte[] frame(DataInputStream in) throws IOException {
            var frame = new ByteArrayOutputStream();
            frame.write(in.readUnsignedByte());
            int length = in.readUnsignedByte();
            frame.write(length);
            if (length == 126) {
                var longer = in.readNBytes(2);
                frame.write(longer);
                length = (longer[0] & 0xff) << 8 | longer[1] & 0xff;
            }
            frame.write(in.readNBytes(length));
            return frame.toByteArray();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
