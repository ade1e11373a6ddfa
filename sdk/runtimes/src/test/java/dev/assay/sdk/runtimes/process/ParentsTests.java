// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.runtimes.OutputTail;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParentsTests {

    private final Parents.Parent parent = new Parents.Parent();

    @TempDir
    private Path folder;

    @Test
    void oneWaitsAfterTheFirstStartAndTwoAfterTheSecond() {
        assertThat(parent.wantsWaiting()).as("nobody asked for any").isFalse();
        start();
        assertThat(parent.wantsWaiting()).isTrue();
        assertThat(parent.wantsWaiting()).as("while one is made").isFalse();
        parent.made(waiting());
        assertThat(parent.wantsWaiting()).isFalse();
        start();
        for (int i = 0; i < 2; i++) {
            assertThat(parent.wantsWaiting()).isTrue();
            parent.made(waiting());
        }
        assertThat(parent.wantsWaiting()).isFalse();
    }

    @Test
    void whatWaitsIsGivenToOneAndTheFirstFirst() {
        var first = waiting();
        var second = waiting();
        parent.made(first);
        parent.made(second);
        assertThat(parent.takeWaiting()).isSameAs(first);
        assertThat(parent.takeWaiting()).isSameAs(second);
        assertThat(parent.takeWaiting()).isNull();
    }

    @Test
    void afterOneThatCouldNotBeMadeAnotherIsTried() {
        start();
        assertThat(parent.wantsWaiting()).isTrue();
        parent.made(null);
        assertThat(parent.wantsWaiting()).isTrue();
    }

    @Test
    void whoClosesASandboxTwiceGivesItsPlaceBackOnce() {
        var left = new AtomicInteger();
        var sandbox = new ProcessSandbox(new OutputTail(), new CompletableFuture<>(), new Ended(folder), Optional.empty());
        sandbox.onClose(left::incrementAndGet);
        sandbox.close(Duration.ZERO);
        sandbox.close(Duration.ZERO);
        assertThat(left).hasValue(1);
    }

    private void start() {
        parent.takeWaiting();
    }

    private Fork waiting() {
        parent.takePlace();
        var process = new ForkedProcess("one", sandboxFolder(folder), new ControlGroup(List.of()), null, null, line -> {});
        return new Fork(process, new OutputTail(), new CompletableFuture<>(), () -> {});
    }

    private static SandboxFolder sandboxFolder(Path folder) {
        return new SandboxFolder(folder.resolve("sandbox"), Isolation.NONE, 0, folder, new Leftovers());
    }

    /** Nothing runs in it any more. */
    private static final class Ended extends RunningSandbox {

        Ended(Path folder) {
            super("ended", sandboxFolder(folder), new ControlGroup(List.of()), null);
        }

        @Override
        boolean alive() {
            return false;
        }

        @Override
        CompletableFuture<Integer> onExit() {
            return CompletableFuture.completedFuture(0);
        }

        @Override
        Set<Long> processes() {
            return Set.of();
        }

        @Override
        void kill() {}

        @Override
        boolean askToEnd() {
            return false;
        }

        @Override
        void awaitOutput(Duration time) {}
    }
}
