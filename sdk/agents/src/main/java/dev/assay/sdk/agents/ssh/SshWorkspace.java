// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

import dev.assay.sdk.agents.CapabilityRoute;
import dev.assay.sdk.protocol.Capability;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.future.SshFuture;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;

/**
 * A workspace behind the {@code ssh/2} capability. Exec channels only. The host key is not verified: the sandbox made it a moment ago,
 * and the way to it is already ours. A connection that was lost is dialled again before the next command.
 */
public final class SshWorkspace implements AutoCloseable {

    private static final Duration HANDSHAKE = Duration.ofSeconds(30);

    /**
     * For a command that was told to terminate, and again for its channel to close. Standard input ends with what was given, so that a
     * command that reads on is not waited for until the run's end; some servers hear no signal after that, but all of them end a command
     * whose channel is closed.
     */
    private static final Duration TERM_PATIENCE = Duration.ofSeconds(5);

    /** How long a command that is told to end may take until it has. */
    public static final Duration LONGEST_ENDING = TERM_PATIENCE.multipliedBy(2);

    private static final Duration[] DIAL_PAUSES = {Duration.ofMillis(250), Duration.ofMillis(500)};

    /** As much as is ever shown of it, if it is ASCII: ten MiB of each stream, whatever it says. */
    private static final int KEPT_OF_EACH_END = ShellText.LIMIT / 2;

    private final Capability capability;
    private final SshClient client = SshClient.setUpDefaultClient();
    private @Nullable ClientSession session;

    private SshWorkspace(Capability capability, CapabilityRoute route) throws SshConnectionException {
        this.capability = capability;
        client.setIoServiceFactoryFactory(new StreamTransport(() -> route.open(capability)));
        client.setServerKeyVerifier((session, address, key) -> true);
        // nothing of the machine's own ~/.ssh
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        var keys = SshKeys.of(capability);
        client.setKeyIdentityProvider(KeyIdentityProvider.wrapKeyPairs(keys));
        client.setUserAuthFactories(java.util.List.of(UserAuthPublicKeyFactory.INSTANCE));
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, Duration.ofSeconds(15));
        CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, 4);
    }

    /** Connects: every connection, also a later one, is a stream of its own by that route. */
    public static SshWorkspace connect(Capability capability, CapabilityRoute route) throws SshConnectionException, InterruptedException {
        var workspace = new SshWorkspace(capability, route);
        try {
            workspace.client.start();
            workspace.liveSession(Deadline.none());
            return workspace;
        } catch (CommandTimeoutException impossible) {
            throw new IllegalStateException(impossible);
        } catch (SshConnectionException | InterruptedException | RuntimeException e) {
            workspace.close();
            throw e;
        }
    }

    /**
     * Runs one command to its end.
     *
     * @param deadline of all of it: the way there, too, if it must be found again
     * @throws SshConnectionException if the connection failed, or the command ended without a status
     * @throws CommandTimeoutException if the deadline passed; a command that had begun was told to terminate
     * @throws InterruptedException if the thread was interrupted; the command was told to terminate
     */
    public CommandResult run(String command, byte[] stdin, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var current = liveSession(deadline);
        var output = new BoundedStream(KEPT_OF_EACH_END);
        var errors = new BoundedStream(KEPT_OF_EACH_END);
        var ended = new CompletableFuture<Void>();
        var channel = open(current, command, Map.of(), stdin, output, errors, ended, deadline);
        awaitEnd(channel, ended, deadline);
        return new CommandResult(output.bytes(), errors.bytes(), statusOf(channel, current), output.complete() && errors.complete());
    }

    /** Is told of a command's output as it comes. */
    public interface Lines {

        /** @param line without its end; octets that are no UTF-8 are replaced */
        void line(String line) throws Exception;
    }

    /**
     * Runs one command to its end and tells of each line when it is written. The result's output is empty.
     *
     * @param variables asked for by ssh's own requests, of which servers grant those that they know; not part of the command
     * @param lines called one after the other, by another thread; what it throws ends the command and is thrown here
     * @throws SshConnectionException if the connection failed, or the command ended without a status
     * @throws InterruptedException if the thread was interrupted; the command was told to terminate
     */
    public CommandResult stream(String command, Map<String, String> variables, byte[] stdin, Lines lines) throws Exception {
        var current = liveSession(Deadline.none());
        var enough = new CompletableFuture<Void>();
        var output = new LineStream(lines, enough);
        var errors = new BoundedStream(KEPT_OF_EACH_END);
        var ended = new CompletableFuture<Void>();
        var channel = open(current, command, variables, stdin, output, errors, ended, Deadline.none());
        ended.thenAccept(done -> enough.complete(null));
        awaitEnd(channel, enough, Deadline.none());
        if (ended.isDone()) {
            output.end();
        } else {
            terminate(channel, ended);
        }
        var notTaken = output.failure();
        if (notTaken != null) {
            throw notTaken;
        }
        return new CommandResult(new byte[0], errors.bytes(), statusOf(channel, current), errors.complete());
    }

    private static int statusOf(ChannelExec channel, ClientSession session) throws SshConnectionException {
        var status = channel.getExitStatus();
        if (status == null) {
            session.close(true);
            throw new SshConnectionException("nothing was told of how the command ended");
        }
        return status;
    }

    /** A channel that did not open is closed: it may still do so, and its command then run without anybody to hear of it. */
    private static ChannelExec open(
            ClientSession session, String command, Map<String, String> variables, byte[] stdin, OutputStream output, OutputStream errors,
            CompletableFuture<Void> ended, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        ChannelExec channel = null;
        boolean opened = false;
        try {
            channel = session.createExecChannel(command);
            variables.forEach(channel::setEnv);
            channel.setIn(new ByteArrayInputStream(stdin));
            channel.setOut(output);
            channel.setErr(errors);
            channel.addCloseFutureListener(f -> ended.complete(null));
            await(channel.open(), HANDSHAKE, deadline, "the workspace did not open a session");
            opened = true;
            return channel;
        } catch (SshConnectionException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // what the library does not declare it throws for a connection that is lost between the look at it and its use
            throw new SshConnectionException("the workspace refused a session", e);
        } finally {
            if (channel != null && !opened) {
                channel.close(true);
            }
        }
    }

    @Override
    public void close() {
        var current = session;
        if (current != null) {
            current.close(true);
        }
        client.stop();
    }

    private static void awaitEnd(ChannelExec channel, CompletableFuture<Void> ended, Deadline deadline)
            throws CommandTimeoutException, InterruptedException {
        try {
            waitFor(ended, deadline.left());
        } catch (TimeoutException e) {
            terminate(channel, ended);
            throw new CommandTimeoutException();
        } catch (InterruptedException e) {
            terminate(channel, ended);
            throw e;
        }
    }

    private static void terminate(ChannelExec channel, CompletableFuture<Void> ended) throws InterruptedException {
        try {
            var buffer = channel.getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST);
            buffer.putUInt(channel.getRecipient());
            buffer.putString("signal");
            buffer.putBoolean(false);
            buffer.putString("TERM");
            channel.getSession().writePacket(buffer);
            waitFor(ended, TERM_PATIENCE);
        } catch (IOException | RuntimeException | TimeoutException e) {
            // closing the channel is the stronger word; and nothing of the library's may take the place of why the command was ended
        } finally {
            close(channel, ended);
        }
    }

    private static void close(ChannelExec channel, CompletableFuture<Void> ended) throws InterruptedException {
        channel.close(false);
        try {
            waitFor(ended, TERM_PATIENCE);
        } catch (TimeoutException e) {
            // a server that does not confirm is not waited for any longer
        } finally {
            channel.close(true);
        }
    }

    private synchronized ClientSession liveSession(Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var current = session;
        if (current != null && current.isOpen() && !current.isClosing()) {
            return current;
        }
        for (var attempt = 0; ; attempt++) {
            try {
                current = dial(deadline);
                session = current;
                return current;
            } catch (SshConnectionException e) {
                if (attempt == DIAL_PAUSES.length) {
                    throw new SshConnectionException(e.getMessage() + " (" + (attempt + 1) + " attempts)", e);
                }
                Thread.sleep(deadline.atMost(DIAL_PAUSES[attempt]));
            }
        }
    }

    private ClientSession dial(Deadline deadline) throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var user = capability.params().path("user").asString("agent");
        try {
            var connecting = client.connect(user, StreamTransport.THERE, null, null);
            try {
                await(connecting, HANDSHAKE, deadline, "the workspace did not answer");
            } catch (IOException | CommandTimeoutException | InterruptedException e) {
                connecting.cancel();
                throw e;
            }
            var connected = connecting.getClientSession();
            try {
                await(connected.auth(), HANDSHAKE, deadline, "the workspace did not answer the login");
                return connected;
            } catch (IOException | RuntimeException | CommandTimeoutException | InterruptedException e) {
                connected.close(true);
                throw e;
            }
        } catch (SshConnectionException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new SshConnectionException("the workspace '" + capability.name() + "' cannot be reached: " + e.getMessage(), e);
        }
    }

    /** The library's own waiting swallows interrupts; this one does not. */
    private static <T extends SshFuture<T> & org.apache.sshd.common.future.VerifiableFuture<?>> void await(
            T future, Duration patience, Deadline deadline, String otherwise)
            throws IOException, CommandTimeoutException, InterruptedException {
        var done = new CompletableFuture<Void>();
        future.addListener(f -> done.complete(null));
        try {
            waitFor(done, deadline.atMost(patience));
        } catch (TimeoutException e) {
            if (deadline.hasPassed()) {
                throw new CommandTimeoutException();
            }
            throw new SshConnectionException(otherwise);
        }
        future.verify(Duration.ofSeconds(1));
    }

    private static void waitFor(CompletableFuture<Void> done, @Nullable Duration patience) throws TimeoutException, InterruptedException {
        try {
            if (patience == null) {
                done.get();
            } else {
                done.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
