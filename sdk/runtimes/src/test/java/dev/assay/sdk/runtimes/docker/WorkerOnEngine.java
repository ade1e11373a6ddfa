// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.runtimes.spare.FakePlaceholders;
import dev.assay.sdk.runtimes.spare.SpareKeeping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** A worker's data folder on the engine of the tests: what is started of it can be told from all else there. */
final class WorkerOnEngine implements AutoCloseable {

    final String installation = UUID.randomUUID().toString();
    final Path sockets;

    /** What containers have in place of a run's values, with those that they stand for. */
    final Map<String, String> placeholders = new ConcurrentHashMap<>();

    /** How far the clock of its workers is put forward. */
    volatile Duration ahead = Duration.ZERO;

    private final DockerRuntime runtime;

    WorkerOnEngine() throws IOException {
        sockets = Files.createTempDirectory(Path.of("/tmp"), "assay-test-");
        runtime = runtime("one", true);
    }

    /** The worker that there is. */
    DockerRuntime runtime() {
        return runtime;
    }

    /** Another one of the same folder, for whoever asks to close. */
    DockerRuntime runtime(String owner, boolean othersLive) {
        return runtime("unix://" + TestEngine.SOCKET, installation, owner, othersLive);
    }

    DockerRuntime runtime(String host, String installation, String owner, boolean othersLive) {
        var images = List.of("docker.io/assay-test/", "docker.io/library/python", "localhost:1/");
        return new DockerRuntime(
                new DockerSettings(host, images, "", "none", sockets, installation, owner, other -> othersLive), new FakePlaceholders(placeholders),
                () -> Long.MAX_VALUE, Duration.ofSeconds(20), new AdvancedClock());
    }

    /** The machine's, put forward. */
    private final class AdvancedClock extends Clock {

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** Containers, networks and volumes that are there of it. */
    TreeSet<String> left() throws IOException, InterruptedException {
        var all = containers();
        var ours = "label=dev.assay.installation=" + installation;
        TestEngine.docker("network", "ls", "--quiet", "--filter", ours).lines().forEach(all::add);
        TestEngine.docker("volume", "ls", "--quiet", "--filter", ours).lines().forEach(all::add);
        return all;
    }

    TreeSet<String> containers() throws IOException, InterruptedException {
        var all = new TreeSet<String>();
        TestEngine.docker("ps", "--all", "--quiet", "--filter", "label=dev.assay.installation=" + installation).lines().forEach(all::add);
        return all;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        runtime.close();
        assertThat(left()).isEmpty();
        assertThat(placeholders).isEmpty();
        assertThat(sockets).isEmptyDirectory();
        Files.delete(sockets);
    }
}
