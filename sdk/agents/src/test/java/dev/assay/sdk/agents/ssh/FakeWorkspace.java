// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.command.CommandFactory;
import org.apache.sshd.server.channel.ChannelSessionFactory;

/** A workspace as an environment serves it, in this process: a real ssh server whose exec channels run {@code bash -lc} in a folder. */
public final class FakeWorkspace implements AutoCloseable {

    private final SshServer server = SshServer.setUpDefaultServer();
    private final KeyPair clientKey = ed25519();
    private final Set<String> terminated = ConcurrentHashMap.newKeySet();
    private final Set<BashCommand> running = ConcurrentHashMap.newKeySet();
    private volatile boolean breaking;
    private volatile CountDownLatch held = new CountDownLatch(0);

    public FakeWorkspace(Path folder) throws IOException {
        serve((channel, command) -> {
            if (breaking) {
                channel.getSession().close(true);
            }
            return bash(command, folder);
        });
    }

    /** A workspace whose commands are played. */
    public FakeWorkspace(CommandFactory commands) throws IOException {
        serve(commands);
    }

    /** A command that is none to be played: it runs, in a folder. */
    public Command bash(String command, Path folder) {
        return new BashCommand(command, folder, terminated, running);
    }

    private void serve(CommandFactory commands) throws IOException {
        server.setHost("127.0.0.1");
        server.setPort(0);
        server.setKeyPairProvider(KeyPairProvider.wrap(ed25519()));
        server.setPublickeyAuthenticator((user, key, session) -> KeyUtils.compareKeys(key, clientKey.getPublic()));
        server.setCommandFactory(commands);
        server.setChannelFactories(List.of(new SlowChannels()));
        server.start();
    }

    /** What the environment's manifest says of this workspace. */
    public Capability capability() {
        var params = Json.object().put("user", "agent").put("shell", "bash").put("client_key", openSsh(clientKey));
        return new Capability("shell", "ssh/2", "ssh://127.0.0.1:" + server.getPort(), params);
    }

    /** The way to whatever says of itself where it is. */
    public static Socket route(Capability capability) throws IOException {
        var address = URI.create(capability.url());
        return new Socket(address.getHost(), address.getPort());
    }

    /** The commands that were told to terminate. */
    Set<String> terminated() {
        return terminated;
    }

    /** The commands that have not ended. */
    public Set<String> running() {
        return running.stream().map(BashCommand::toString).collect(Collectors.toSet());
    }

    /** From now on channels do not open. */
    void holdChannels() {
        held = new CountDownLatch(1);
    }

    void releaseChannels() {
        held.countDown();
    }

    /** From now on every command costs its connection. */
    public void breakConnections() {
        breaking = true;
    }

    void dropConnections() {
        server.getActiveSessions().forEach(session -> session.close(true));
    }

    @Override
    public void close() throws IOException {
        server.stop(true);
    }

    private static KeyPair ed25519() {
        try {
            return KeyPairGenerator.getInstance("Ed25519", SecurityUtils.BOUNCY_CASTLE).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String openSsh(KeyPair key) {
        try (var text = new ByteArrayOutputStream()) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, "", null, text);
            return text.toString(StandardCharsets.US_ASCII);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static {
        // registers the provider that the keys come from
        SecurityUtils.isBouncyCastleRegistered();
    }

    /** Channels that may have to wait before they open. */
    private final class SlowChannels extends ChannelSessionFactory {

        @Override
        public Channel createChannel(Session session) {
            return new ChannelSession() {
                @Override
                public OpenFuture open(long recipient, long size, long packet, Buffer buffer) {
                    var opened = new DefaultOpenFuture(this, this);
                    Thread.startVirtualThread(() -> {
                        try {
                            held.await();
                            super.open(recipient, size, packet, buffer).addListener(f -> opened.setOpened());
                        } catch (InterruptedException e) {
                            opened.setException(e);
                        }
                    });
                    return opened;
                }
            };
        }
    }
}
