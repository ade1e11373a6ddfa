// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.agents.ssh.ExecCommand;
import dev.assay.sdk.agents.ssh.FakeWorkspace;
import dev.assay.sdk.agents.ssh.SshWorkspace;
import dev.assay.sdk.agents.tool.WorkspaceFiles;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * A workspace behind a real ssh server that says of each command what a script says of it; what that does not name succeeds in silence. A
 * script with a folder is not played: its commands run there.
 */
final class ScriptedWorkspace implements AutoCloseable {

    private final FakeWorkspace served;
    private final SshWorkspace connected;
    private volatile JsonNode script = Json.object();
    private volatile ArrayNode did = Json.array();
    private volatile @Nullable Path folder;

    ScriptedWorkspace() throws Exception {
        served = new FakeWorkspace((channel, command) -> command(command));
        connected = SshWorkspace.connect(served.capability(), FakeWorkspace::route);
    }

    private Command command(String command) {
        return folder == null ? new Scripted(command, script.path(command), did) : served.bash(command, folder);
    }

    /** From now on it goes by that script; what is done is taken down there. */
    WorkspaceFiles playing(JsonNode script, ArrayNode did, Path fresh) throws IOException {
        this.script = script;
        this.did = did;
        for (var file : script.path("folder").properties()) {
            var content = file.getValue();
            Files.write(fresh.resolve(file.getKey()), content.isString() ? content.stringValue().getBytes(StandardCharsets.UTF_8)
                    : Base64.getDecoder().decode(content.path("base64").stringValue()));
        }
        folder = script.has("folder") ? fresh : null;
        return new WorkspaceFiles(connected);
    }

    @Override
    public void close() throws IOException {
        connected.close();
        served.close();
    }

    private static final class Scripted extends ExecCommand {

        private final String command;
        private final JsonNode said;
        private final ArrayNode did;

        Scripted(String command, JsonNode said, ArrayNode did) {
            this.command = command;
            this.said = said;
            this.did = did;
        }

        @Override
        public void start(ChannelSession channel, Environment environment) {
            Thread.startVirtualThread(() -> {
                try {
                    run(channel);
                } catch (IOException e) {
                    channel.close(true);
                }
            });
        }

        private void run(ChannelSession channel) throws IOException {
            var given = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            var line = did.addObject().put("command", command);
            if (command.startsWith("cat > ")) {
                line.put("stdin", given);
            }
            if (said.path("lost").asBoolean(false)) {
                channel.getSession().close(true);
                return;
            }
            out.write(said.path("stdout").asString("").getBytes(StandardCharsets.UTF_8));
            out.flush();
            err.write(said.path("stderr").asString("").getBytes(StandardCharsets.UTF_8));
            err.flush();
            exit.onExit(said.path("status").asInt(0));
        }

        @Override
        public void destroy(ChannelSession channel) {
            // it ends by itself
        }
    }
}
