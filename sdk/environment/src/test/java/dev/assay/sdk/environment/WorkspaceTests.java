// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.sdk.agents.ssh.CommandResult;
import dev.assay.sdk.agents.ssh.CommandTimeoutException;
import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.ssh.SshConnectionException;
import dev.assay.sdk.agents.ssh.SshWorkspace;
import dev.assay.sdk.environment.workspace.Workspace;
import dev.assay.sdk.protocol.BoundConnection;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RpcException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A workspace served from Java, with an agent's ssh client in it, by way of the control channel. */
@Timeout(120)
class WorkspaceTests {

    /** What commands sleep for ends with this: nobody else's on this machine do. */
    private static final String OURS = "." + ProcessHandle.current().pid();

    private final Workspace work = Workspace.temporary().variable("WHO", "the workspace's own");
    private Serving serving;
    private ControlClient client;
    private SshWorkspace shell;

    @BeforeEach
    void open() throws Exception {
        serving = Environment.named("test").workspace(work).bind("127.0.0.1", 0);
        client = ControlClient.connect("127.0.0.1", serving.port(), Duration.ofSeconds(10));
        shell = SshWorkspace.connect(client.capability("ssh"), one -> client.openTunnel(one.name()));
    }

    @AfterEach
    void close() {
        shell.close();
        client.close();
        serving.close();
    }

    private CommandResult run(String command, String stdin) throws Exception {
        return shell.run(command, stdin.getBytes(StandardCharsets.UTF_8), Deadline.none());
    }

    private String output(String command) throws Exception {
        return run(command, "").outputText();
    }

    private String sleepers(int seconds) throws Exception {
        return output("pgrep -f '[s]leep " + seconds + OURS + "' || echo gone");
    }

    @Test
    void itIsTakenForOneOfThePublishedClients() {
        var told = client.capability("ssh");
        assertThat(told.name()).isEqualTo("shell");
        assertThat(told.protocol()).isEqualTo("ssh/2");
        assertThat(told.params().propertyNames()).containsExactly("user", "host_pubkey", "shell", "client_key", "cwd", "isolation");
        assertThat(told.params().path("host_pubkey").stringValue()).matches("ssh-ed25519 [A-Za-z0-9+/]+=*");
        assertThat(told.params().path("client_key").stringValue()).startsWith("-----BEGIN OPENSSH PRIVATE KEY-----\n");
        assertThat(told.params().path("cwd").stringValue()).isEqualTo(work.root().toString());
        assertThat(told.params().path("isolation").stringValue()).isEqualTo("none");
    }

    @Test
    void commandsRunInItsFolder() throws Exception {
        var told = run("cat; echo err >&2; exit 3", "grüße\n");
        assertThat(told.outputText()).isEqualTo("grüße\n");
        assertThat(told.errorText()).isEqualTo("err\n");
        assertThat(told.status()).isEqualTo(3);
        assertThat(output("pwd")).isEqualTo(work.root() + "\n");
        assertThat(output("echo $WHO")).isEqualTo("the workspace's own\n");
        assertThat(output("kill -9 $$")).isEmpty();
        assertThat(run("kill -9 $$", "").status()).isEqualTo(137);
    }

    @Test
    void bothSidesSeeTheSameFiles() throws Exception {
        work.write("in/word.txt", "straße");
        assertThat(output("cat -- in/word.txt")).isEqualTo("straße");
        assertThat(run("cat > out.txt", "").status()).isZero();
        assertThat(work.read("out.txt")).isEmpty();
        run("cat > out.txt", "x".repeat(3_000_000));
        assertThat(work.read("out.txt")).hasSize(3_000_000);
        assertThatThrownBy(() -> work.write("../out.txt", "")).isInstanceOf(IllegalArgumentException.class);
        output("ln -s /etc/passwd link");
        assertThatThrownBy(() -> work.read("link")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("leads out");
    }

    @Test
    void allThatACommandWroteArrives() throws Exception {
        assertThat(output("head -c 3000000 /dev/zero | tr '\\0' x")).hasSize(3_000_000);
    }

    @Test
    void whatACommandLeavesRunningEndsWithItAndWhatEscapesIsNotWaitedFor() throws Exception {
        assertThat(output("sleep 4711" + OURS + " & echo begun")).isEqualTo("begun\n");
        // setsid -f is back before its child has left the group, so the command waits for the child to say so
        assertThat(output("setsid -f sh -c 'echo $$ > escaped; exec sleep 4712" + OURS + "'; until [ -s escaped ]; do sleep 0.01; done;"
                + " echo begun")).isEqualTo("begun\n");
        assertThat(sleepers(4711)).isEqualTo("gone\n");
        assertThat(output("kill $(cat escaped) && echo it was there")).isEqualTo("it was there\n");
    }

    @Test
    void aCommandWhoseTimeIsOverEnds() throws Exception {
        assertThatThrownBy(() -> shell.run("trap '' TERM; sleep 4713" + OURS, new byte[0], Deadline.in(Duration.ofSeconds(1))))
                .isInstanceOf(CommandTimeoutException.class);
        await().untilAsserted(() -> assertThat(sleepers(4713)).isEqualTo("gone\n"));
    }

    @Test
    void aCommandWhoseClientHasGoneEnds() throws Exception {
        var busy = Thread.ofVirtual().start(() -> {
            try {
                output("echo $$ > began; sleep 4714" + OURS);
            } catch (Exception gone) {
                // as it should be
            }
        });
        await().until(() -> Files.exists(work.root().resolve("began")));
        shell.close();
        busy.join();
        shell = SshWorkspace.connect(client.capability("ssh"), one -> client.openTunnel(one.name()));
        await().untilAsserted(() -> assertThat(sleepers(4714)).isEqualTo("gone\n"));
    }

    @Test
    void clearingItEndsWhatRunsAndLeavesNothing() throws Exception {
        work.write("deep/down/here.txt", "x");
        output("mkdir locked && echo x > locked/in && chmod 0 locked && ln -s /etc etc");
        var busy = Thread.ofVirtual().start(() -> {
            try {
                output("echo $$ > began; sleep 4715" + OURS);
            } catch (Exception ended) {
                // as it should be
            }
        });
        await().until(() -> Files.exists(work.root().resolve("began")));
        work.clear();
        busy.join();
        assertThat(output("ls -1A")).isEmpty();
        assertThat(sleepers(4715)).isEqualTo("gone\n");
        assertThat(Path.of("/etc/passwd")).exists();
    }

    @Test
    void whatAnAgentLeavesInItsHomeHasNoSayInItsGrade() throws Exception {
        assertThat(output("echo 'exit 0' > ~/.bash_profile; pwd")).isEqualTo(work.root() + "\n");
        assertThat(output("echo not said")).isEmpty(); // so much for its own commands
        assertThat(work.grader("exit 3").grade(1).value()).isZero();
        assertThat(work.grader("test -f ~/.bash_profile").grade(1).value()).isZero();
        assertThat(work.grader("pwd; touch ~/mine").grade(1)).satisfies(grade -> {
            assertThat(grade.value()).isEqualTo(1);
            assertThat(grade.info().path("stdout").stringValue()).isEqualTo(work.root() + "\n");
        });
        work.clear();
        assertThat(output("ls -A ~ | wc -l")).isEqualTo("0\n");
    }

    @Test
    void commandsAndGradersAreToldNothingOfTheServingProcess() throws Exception {
        var kept = System.getenv().entrySet().stream()
                .filter(one -> !one.getKey().matches("PATH|LANG|LC_.*|TERM|TMPDIR|TZ|USER|LOGNAME|PWD|OLDPWD|SHLVL|_|(?i:.*_proxy)"))
                .map(one -> one.getKey() + "=" + one.getValue()).filter(line -> !line.contains("\n")).toList();
        assertThat(kept).isNotEmpty();
        assertThat(output("env").lines()).contains("WHO=the workspace's own").doesNotContainAnyElementsOf(kept);
        var graded = work.grader("env").grade(1).info().path("stdout").stringValue();
        assertThat(graded.lines()).contains("WHO=the workspace's own").doesNotContainAnyElementsOf(kept);
    }

    @Test
    void whoHasAnotherKeyIsNotLetIn() throws Exception {
        try (var other = Workspace.temporary()) {
            var stranger = new Capability("shell", "ssh/2", client.capability("ssh").url(), other.open().params());
            assertThatThrownBy(() -> SshWorkspace.connect(stranger, one -> client.openTunnel("shell")))
                    .isInstanceOf(SshConnectionException.class);
        }
    }

    @Test
    void whatItCannotEnforceItRefuses() throws Exception {
        assertThatThrownBy(() -> client.bind(List.of(new BoundConnection("models", "shell", "http://127.0.0.1:9", Map.of("A", "b")))))
                .isInstanceOf(RpcException.class)
                .hasMessageContaining("workspace capability 'shell' does not support process-bound connections");
        var told = shell.stream("echo never", Map.of("HUD_PROCESS_CONNECTIONS", "[\"models\"]"), new byte[0], line -> {});
        assertThat(told.status()).isEqualTo(1);
        assertThat(told.errorText()).isEqualTo("workspace: cannot prepare shell: process connection is not bound: models\n");
    }

    @Test
    void aFolderOfItsOwnIsDeletedAndAnotherStays(@TempDir Path place) throws Exception {
        var own = work.root();
        serving.close();
        assertThat(own).doesNotExist();
        assertThatThrownBy(work::root).isInstanceOf(IllegalStateException.class);
        var kept = Workspace.in(place.resolve("kept"));
        try (var again = Environment.named("test").workspace(kept).bind("127.0.0.1", 0)) {
            assertThat(again.port()).isPositive();
            kept.write("a.txt", "a");
        }
        assertThat(place.resolve("kept/a.txt")).hasContent("a");
    }

    @Test
    void twoOfThemNeedTwoNames() throws Exception {
        var first = Workspace.temporary();
        assertThatThrownBy(() -> Environment.named("test").workspace(first).workspace(Workspace.temporary()).bind("127.0.0.1", 0))
                .hasMessage("two workspaces are called 'shell'");
        assertThatThrownBy(first::root).isInstanceOf(IllegalStateException.class); // what was opened is closed again
        try (var both = Environment.named("test").workspace(Workspace.temporary()).workspace(Workspace.temporary().named("other"))
                        .bind("127.0.0.1", 0);
                var seen = ControlClient.connect("127.0.0.1", both.port(), Duration.ofSeconds(10))) {
            assertThat(seen.hello().bindings()).extracting("name").containsExactly("shell", "other");
        }
    }

    @Test
    void aTaskBeginsWithItsHookAndFailsWithIt() throws Exception {
        var tidy = Workspace.temporary();
        var environment = Environment.named("test").workspace(tidy).onTaskStart(session -> tidy.clear()).onTaskStart(session -> {
            if (Files.exists(tidy.root().resolve("left"))) {
                throw new IllegalStateException("not tidy");
            }
        }).template("leave", (none, agent) -> {
            tidy.write("left", "behind");
            return agent.ask("?").text().equals("ok");
        });
        try (var served = environment.bind("127.0.0.1", 0);
                var seen = ControlClient.connect("127.0.0.1", served.port(), Duration.ofSeconds(10))) {
            seen.start("leave", null);
            seen.grade(Json.object().put("answer", "ok"));
            assertThat(tidy.read("left")).isEqualTo("behind"); // for a verifier to look at
            seen.start("leave", null);
            assertThat(seen.grade(Json.object().put("answer", "ok")).path("score").doubleValue()).isEqualTo(1);
        }
        var failing = Environment.named("test").onTaskStart(session -> {
            throw new IllegalStateException("no seed");
        }).template("never", (none, agent) -> 1.0);
        try (var served = failing.bind("127.0.0.1", 0);
                var seen = ControlClient.connect("127.0.0.1", served.port(), Duration.ofSeconds(10))) {
            assertThatThrownBy(() -> seen.start("never", null)).isInstanceOf(RpcException.class).hasMessageContaining("no seed");
        }
    }
}
