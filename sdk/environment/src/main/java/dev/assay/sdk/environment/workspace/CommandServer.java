// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment.workspace;

import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.PtyMode;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.channel.ChannelSessionFactory;

/**
 * An ssh server whose sessions run commands in a folder: exec and shell requests and nothing else, no terminals, no subsystems, no
 * forwarding. One key opens it, whatever the user's name; it is made with the server, and so is the host's.
 */
final class CommandServer implements AutoCloseable {

    private static final String HOST = "127.0.0.1";

    private final SshServer ssh = SshServer.setUpDefaultServer();
    private final KeyPair hostKey = ed25519();
    private final KeyPair clientKey = ed25519();
    private final Path folder;
    private final Set<Command> running = ConcurrentHashMap.newKeySet();

    private CommandServer(Path folder, Map<String, String> variables) {
        this.folder = folder;
        ssh.setHost(HOST);
        ssh.setPort(0);
        ssh.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        ssh.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
        ssh.setPublickeyAuthenticator((user, key, session) -> KeyUtils.compareKeys(key, clientKey.getPublic()));
        ssh.setChannelFactories(List.of(new SessionsWithoutTerminals()));
        ssh.setCommandFactory((channel, command) -> new Command(List.of("-lc", command), folder, variables, running));
        ssh.setShellFactory(channel -> new Command(List.of("-l"), folder, variables, running));
        // a model may think for longer than the library's ten minutes between two commands, and a command be silent for longer
        CoreModuleProperties.IDLE_TIMEOUT.set(ssh, Duration.ZERO);
        CoreModuleProperties.NIO2_READ_TIMEOUT.set(ssh, Duration.ZERO);
    }

    static CommandServer start(Path folder, Map<String, String> variables) throws IOException {
        var server = new CommandServer(folder, Map.copyOf(variables));
        server.ssh.start();
        return server;
    }

    Capability capability(String name) {
        var params = Json.object()
                .put("user", "agent")
                .put("host_pubkey", PublicKeyEntry.toString(hostKey.getPublic()))
                .put("shell", "bash")
                .put("client_key", openSsh(clientKey))
                .put("cwd", folder.toString())
                .put("isolation", "none");
        return new Capability(name, "ssh/2", "ssh://" + HOST + ":" + ssh.getPort(), params);
    }

    void endCommands() {
        running.forEach(Command::end);
        running.forEach(Command::awaitEnd);
    }

    @Override
    public void close() {
        endCommands();
        try {
            ssh.stop(true);
        } catch (IOException _) {
            // its port is closed either way
        }
        endCommands(); // what slipped in meanwhile
    }

    private static KeyPair ed25519() {
        try {
            return KeyPairGenerator.getInstance("Ed25519", SecurityUtils.BOUNCY_CASTLE).generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String openSsh(KeyPair key) {
        try (var text = new ByteArrayOutputStream()) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, "", null, text);
            return text.toString(StandardCharsets.US_ASCII);
        } catch (IOException | GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static {
        // registers the provider that the keys come from
        SecurityUtils.isBouncyCastleRegistered();
    }

    private static final class SessionsWithoutTerminals extends ChannelSessionFactory {

        @Override
        public Channel createChannel(Session session) {
            return new ChannelSession() {
                @Override
                protected RequestHandler.Result handlePtyReqParsed(
                        String term, int columns, int rows, int width, int height, Map<PtyMode, Integer> modes) {
                    return RequestHandler.Result.ReplyFailure;
                }
            };
        }
    }
}
